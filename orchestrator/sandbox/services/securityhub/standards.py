"""Standards subscriptions, and which controls are switched off in which standard."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.services.securityhub import catalogue
from orchestrator.sandbox.services.securityhub.part import InvalidInputException, Part

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend


class Standards(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.enabled: dict[str, None] = {}
        self.inputs: dict[str, dict[str, str]] = {}
        self.status: dict[str, Json] = {}

    @operation
    def describe_standards(self, params: Json) -> Json:
        region = self.backend.region_name
        return page([s.describe(region) for s in catalogue.STANDARDS], params, "Standards")

    @operation
    def batch_enable_standards(self, params: Json) -> Json:
        self.backend.require_hub()
        self.backend.hub.refuse_if_central()
        requests = params["StandardsSubscriptionRequests"]
        for request in requests:
            self.check(request["StandardsArn"])
        for request in requests:
            self._begin(request["StandardsArn"])
            self.inputs[request["StandardsArn"]] = request.get("StandardsInput") or {}
        return {"StandardsSubscriptions": [self._describe(r["StandardsArn"]) for r in requests]}

    @operation
    def batch_disable_standards(self, params: Json) -> Json:
        self.backend.require_hub()
        self.backend.hub.refuse_if_central()
        standards = [self.of_subscription(arn) for arn in params["StandardsSubscriptionArns"]]
        gone = [{**self._describe(arn), "StandardsStatus": "DELETING"} for arn in standards]
        for arn in standards:
            self.disable(arn)
        return {"StandardsSubscriptions": gone}

    @operation
    def get_enabled_standards(self, params: Json) -> Json:
        self.backend.require_hub()
        wanted = params.get("StandardsSubscriptionArns")
        found = [self._describe(arn) for arn in self.enabled]
        if wanted:
            found = [item for item in found if item["StandardsSubscriptionArn"] in wanted]
        return page(found, params, "StandardsSubscriptions")

    def check(self, arn: str) -> None:
        """Refuse an ARN that is not a standard of this region."""
        if catalogue.standard_of(arn, self.backend.region_name) is None:
            raise InvalidInputException(f"Invalid parameter: StandardsArn {arn} does not exist")

    def of_subscription(self, subscription: str) -> str:
        """The standard a subscription ARN of this account belongs to."""
        for arn in self.enabled:
            if self.subscription(arn) == subscription:
                return arn
        raise InvalidInputException(f"StandardsSubscription {subscription} does not exist")

    def subscription(self, arn: str) -> str:
        return self.backend.arn("subscription/" + arn.split("/", 1)[1])

    def enable_defaults(self) -> None:
        region = self.backend.region_name
        self.replace(s.arn(region) for s in catalogue.STANDARDS if s.by_default)

    def replace(self, arns: Iterable[str]) -> None:
        """Enable exactly these; a standard that stays keeps its switches."""
        wanted = dict.fromkeys(arns)
        for arn in [arn for arn in self.enabled if arn not in wanted]:
            self.disable(arn)
        for arn in wanted:
            self._begin(arn)

    def _begin(self, arn: str) -> None:
        """Not ready at first. Source: Security Hub API Reference, StandardsSubscription."""
        if arn in self.enabled:
            return
        self.enabled[arn] = None
        self.status[arn] = {"StandardsStatus": "PENDING"}
        DELAYS.later("standards", lambda: self._settle(arn))

    def _settle(self, arn: str) -> None:
        reason = DELAYS.failed("standards", arn)
        if arn in self.enabled:
            self.status[arn] = {"StandardsStatus": "INCOMPLETE" if reason else "READY"}
        if arn in self.enabled and reason:
            self.status[arn]["StandardsStatusReason"] = {"StatusReasonCode": reason}

    def disable(self, arn: str) -> None:
        self.enabled.pop(arn, None)
        self.inputs.pop(arn, None)
        self.status.pop(arn, None)
        self.backend.controls.forget_standard(arn)

    def forget(self) -> None:
        self.replace(())

    def _describe(self, arn: str) -> Json:
        return {
            "StandardsSubscriptionArn": self.subscription(arn),
            "StandardsArn": arn,
            "StandardsInput": self.inputs.get(arn, {}),
            **self.status[arn],
        }
