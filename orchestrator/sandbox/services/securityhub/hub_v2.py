"""The unified Security Hub of an account in a region, called V2 in the API, and its aggregator.

It stands beside Security Hub CSPM: either can be on without the other.
Source: AWS Security Hub API Reference, EnableSecurityHubV2, DisableSecurityHubV2,
DescribeSecurityHubV2, CreateAggregatorV2, ListAggregatorsV2, GetAggregatorV2.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from orchestrator.sandbox.extend import (
    ConflictException,
    Json,
    ValidationException,
    operation,
    page,
)
from orchestrator.sandbox.services.securityhub.hub import MODES
from orchestrator.sandbox.services.securityhub.part import (
    AccessDeniedException,
    Part,
    ResourceNotFoundException,
    now,
)

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend


class HubV2(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.arn = ""
        self.enabled_at = ""
        self.governed: bool | None = None
        self.aggregator: Json = {}

    @property
    def enabled(self) -> bool:
        return bool(self.arn)

    def govern(self, on: bool | None) -> None:
        """What a policy of the organization says; None leaves it as it is."""
        self.governed = on
        if on:
            self._switch_on()
        elif on is False:
            self._switch_off()

    @operation
    def enable_security_hub_v2(self, params: Json) -> Json:
        self._refuse_if_governed(wanted=True)
        self._switch_on()
        self.backend.hub.tags[self.arn] = dict(params.get("Tags") or {})
        return {"HubV2Arn": self.arn}

    @operation
    def disable_security_hub_v2(self, _: Json) -> None:
        self._refuse_if_governed(wanted=False)
        self._switch_off()

    @operation
    def describe_security_hub_v2(self, _: Json) -> Json:
        self._require()
        return {"HubV2Arn": self.arn, "SubscribedAt": self.enabled_at, "Features": {}}

    @operation
    def create_aggregator_v2(self, params: Json) -> Json:
        self._require()
        if self._own() is not None:
            raise ConflictException("The account already has an aggregator")
        arn = self.backend.arn(f"aggregatorv2/{uuid.uuid4()}")
        self.aggregator = {
            "AggregatorV2Arn": arn,
            "AggregationRegion": self.backend.region_name,
            **_linking(params),
        }
        return self.aggregator

    @operation
    def update_aggregator_v2(self, params: Json) -> Json:
        found = self._find(params["AggregatorV2Arn"])
        found.update(_linking(params))
        return found

    @operation
    def get_aggregator_v2(self, params: Json) -> Json:
        return self._find(params["AggregatorV2Arn"])

    @operation
    def list_aggregators_v2(self, params: Json) -> Json:
        self._require()
        own = self._own()
        found = [{"AggregatorV2Arn": own["AggregatorV2Arn"]}] if own else []
        return page(found, params, "AggregatorsV2")

    @operation
    def delete_aggregator_v2(self, params: Json) -> None:
        self._find(params["AggregatorV2Arn"]).clear()

    def home(self) -> str:
        """The region to which the account's aggregator brings the findings of this one, or ''."""
        own = self._own() or {}
        mode, named = own.get("RegionLinkingMode"), own.get("LinkedRegions", ())
        chosen = self.backend.region_name in named
        linked = chosen if mode == "SPECIFIED_REGIONS" else bool(mode) and not chosen
        return str(own["AggregationRegion"]) if linked else ""

    def _switch_on(self) -> None:
        if not self.enabled:
            self.enabled_at = now()
            self.arn = self.backend.arn(f"hubv2/{uuid.uuid4()}")
            self.backend.findings_v2.take_all()

    def _switch_off(self) -> None:
        self.arn = self.enabled_at = ""
        self.backend.findings_v2.own.clear()

    def _require(self) -> None:
        if not self.enabled:
            raise ResourceNotFoundException("Security Hub is not enabled in this Region")

    def _refuse_if_governed(self, *, wanted: bool) -> None:
        """Source: AWS Organizations User Guide, "Security Hub policies": accounts do not modify
        what the organization has configured.
        """
        if self.governed is not None and self.governed is not wanted:
            raise AccessDeniedException(
                f"Security Hub of account {self.backend.account_id} is managed by a policy of its "
                "organization"
            )

    def _own(self) -> Json | None:
        found = (peer.hub_v2.aggregator for peer in self.backend.regions_in_use())
        return next((aggregator for aggregator in found if aggregator), None)

    def _find(self, arn: str) -> Json:
        self._require()
        own = self._own()
        if own is None or own["AggregatorV2Arn"] != arn:
            raise ResourceNotFoundException(f"No aggregator was found with ARN {arn}")
        return own


def _linking(params: Json) -> Json:
    if params["RegionLinkingMode"] not in MODES:
        raise ValidationException(f"RegionLinkingMode must be one of {', '.join(MODES)}")
    linked = list(params.get("LinkedRegions") or ())
    return {"RegionLinkingMode": params["RegionLinkingMode"], "LinkedRegions": linked}
