"""The standards AWS offers and the controls in them, and which of both a hub has switched on.

Ids, severities and standards are what a hub answered (`model/hub_controls`). Controls that came
later, and the two standards it did not list, are taken from the user guide as far as tests need
them: those are in the foundational standard and in NIST SP 800-53, or ask for tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from orchestrator.model.hub_controls import came_along
from orchestrator.model.names import ControlId
from orchestrator.model.retired import retired
from orchestrator.model.settings import Standard as Named
from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.services.securityhub import control_lists as lists
from orchestrator.sandbox.services.securityhub.part import InvalidInputException, Part

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend


@dataclass(frozen=True, slots=True)
class Standard:
    """`path` is what stands behind the region in the ARN."""

    path: str
    name: str
    controls: frozenset[str]
    by_default: bool = False

    def arn(self, region: str) -> str:
        """The ARN in a region; CIS 1.2.0 is a ruleset without one."""
        if self.path.startswith("ruleset/"):
            return f"arn:aws:securityhub:::{self.path}"
        return f"arn:aws:securityhub:{region}::{self.path}"

    def describe(self, region: str) -> Json:
        return {
            "StandardsArn": self.arn(region),
            "Name": self.name,
            "Description": f"The controls of {self.name}.",
            "EnabledByDefault": self.by_default,
            "StandardsManagedBy": {"Company": "AWS", "Product": "Security Hub"},
        }


@dataclass(frozen=True, slots=True)
class Control:
    id: str
    title: str
    severity: str

    def describe(self) -> Json:
        """What the several shapes of a control have in common."""
        return {
            "SecurityControlId": self.id,
            "Title": self.title,
            "Description": self.title,
            "RemediationUrl": f"https://docs.aws.amazon.com/console/securityhub/{self.id}/remediation",
            "SeverityRating": self.severity,
        }

    def define(self) -> Json:
        return {**self.describe(), "CurrentRegionAvailability": "AVAILABLE"}


def _expand(text: str) -> Iterator[str]:
    """`S3 1 2` to S3.1, S3.2, line by line; `4-6` is a range."""
    for line in text.split("\n"):
        service, *numbers = line.split() or [""]
        for number in numbers:
            first, _, last = number.partition("-")
            yield from (f"{service}.{n}" for n in range(int(first), int(last or first) + 1))


def _control(identifier: str) -> Control:
    title = lists.TITLES.get(identifier) or f"Security control {identifier} should be met"
    heard = _HEARD.get(ControlId(identifier))
    severity = heard.severity.value if heard else lists.SEVERITIES.get(identifier, "MEDIUM")
    return Control(identifier, title, severity)


def _order(identifier: str) -> tuple[str, int]:
    service, _, number = identifier.partition(".")
    return service, int(number)


_HEARD = {c: each for c, each in came_along().items() if not retired(c)}
_LATER = frozenset(_expand(lists.LATER))
_AI = frozenset(_expand(lists.AI))
_ALL = sorted(
    {*_HEARD, *_LATER, *_AI}, key=lambda each: (each.split(".")[0], int(each.split(".")[1]))
)


def _in(standard: Named, later: frozenset[str] = frozenset()) -> frozenset[str]:
    return later | {control for control, each in _HEARD.items() if standard in each.standards}


TAGGING = _in(Named.RESOURCE_TAGGING, frozenset(_expand(lists.LATER_TAGGING)))
_CHECKED = _LATER - TAGGING
CONTROLS = {identifier: _control(identifier) for identifier in _ALL}

STANDARDS = (
    Standard(
        "standards/aws-foundational-security-best-practices/v/1.0.0",
        "AWS Foundational Security Best Practices v1.0.0",
        _in(Named.AWS_FOUNDATIONAL, _CHECKED),
        by_default=True,
    ),
    Standard(
        "ruleset/cis-aws-foundations-benchmark/v/1.2.0",
        "CIS AWS Foundations Benchmark v1.2.0",
        _in(Named.CIS_1_2),
        by_default=True,
    ),
    Standard(
        "standards/cis-aws-foundations-benchmark/v/1.4.0",
        "CIS AWS Foundations Benchmark v1.4.0",
        _in(Named.CIS_1_4),
    ),
    Standard(
        "standards/cis-aws-foundations-benchmark/v/3.0.0",
        "CIS AWS Foundations Benchmark v3.0.0",
        _in(Named.CIS_3_0),
    ),
    Standard(
        "standards/cis-aws-foundations-benchmark/v/5.0.0",
        "CIS AWS Foundations Benchmark v5.0.0",
        _in(Named.CIS_5_0),
    ),
    Standard(
        "standards/ai-security-best-practices/v/1.0.0",
        "AI Security Best Practices v1.0.0",
        _AI,
    ),
    Standard(
        "standards/nist-800-53/v/5.0.0",
        "NIST Special Publication 800-53 Revision 5",
        _in(Named.NIST_800_53, _CHECKED),
    ),
    Standard(
        "standards/nist-800-171/v/2.0.0",
        "NIST Special Publication 800-171 Revision 2",
        _in(Named.CIS_1_4),
    ),
    Standard("standards/pci-dss/v/3.2.1", "PCI DSS v3.2.1", _in(Named.PCI_DSS_3_2)),
    Standard("standards/pci-dss/v/4.0.1", "PCI DSS v4.0.1", _in(Named.PCI_DSS_4_0)),
    Standard(
        "standards/aws-resource-tagging-standard/v/1.0.0",
        "AWS Resource Tagging Standard v1.0.0",
        TAGGING,
    ),
)


@lru_cache(maxsize=1024)
def standard_of(arn: str, region: str) -> Standard | None:
    """The standard with this ARN in this region."""
    return next((s for s in STANDARDS if s.arn(region) == arn), None)


@lru_cache(maxsize=1024)
def ids_of(arn: str) -> frozenset[str]:
    """The ids of a standard's controls, whatever the region in its ARN."""
    path = arn.split(":", 5)[-1]
    return next((s.controls for s in STANDARDS if s.path == path), frozenset())


def controls_of(arn: str, region: str) -> tuple[Control, ...]:
    standard = standard_of(arn, region)
    ids = standard.controls if standard else frozenset()
    return tuple(control for control in CONTROLS.values() if control.id in ids)


def in_region(arn: str, region: str) -> str:
    """The same standard's ARN in another region, as central configuration translates it."""
    path = arn.split(":", 5)[-1]
    return next(s.arn(region) for s in STANDARDS if s.path == path)


class Standards(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.enabled: dict[str, None] = {}
        self.inputs: dict[str, dict[str, str]] = {}
        self.status: dict[str, Json] = {}

    @operation
    def describe_standards(self, params: Json) -> Json:
        region = self.backend.region_name
        return page([s.describe(region) for s in STANDARDS], params, "Standards")

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
        if standard_of(arn, self.backend.region_name) is None:
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
        self.replace(s.arn(region) for s in STANDARDS if s.by_default)

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
