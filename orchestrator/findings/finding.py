"""A finding, in one shape for every sender and every format.

Texts are bounded and without control characters: every account that may import findings can choose
them, and they go into messages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

OURS = "orchestrator"
"""The author of notes that we write."""
PASSED = "PASSED"
"""The status of compliance of what no longer fails."""


class Severity(IntEnum):
    """How bad it is, in an order that can be compared."""

    INFORMATIONAL = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @classmethod
    def named(cls, name: str) -> Severity:
        """An unknown severity is the worst."""
        return cls.__members__.get(name.upper(), cls.CRITICAL)


class Category(StrEnum):
    """What kind of trouble it is; messages have words of their own for each."""

    CONTROL = "control"
    """A resource fails a control of Security Hub."""
    EXPOSURE = "exposure"
    """Several findings together let somebody in."""
    COVERAGE = "coverage"
    """A security service does not watch an account or a resource."""
    VULNERABILITY = "vulnerability"
    DETECTION = "detection"
    """Something has happened that may be an attack."""
    SENSITIVE_DATA = "sensitive_data"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Malformed:
    """What came is not a finding that can be acted on, and why."""

    reason: str
    v2: bool = False
    """Whether it came in OCSF."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about one resource. `control` is '' if no control of Security Hub found it."""

    id: str
    product_arn: str
    product: str
    account: str
    region: str
    partition: str
    control: str
    title: str
    description: str
    severity: Severity
    resource: str
    """An ARN, or what stands for it, such as 'AWS::::Account:111122223333'."""
    resource_type: str
    created: datetime
    updated: datetime
    compliance: str = "FAILED"
    workflow: str = "NEW"
    archived: bool = False
    ours: bool = False
    """Whether it tells of a note of ours: the note stays when AWS finds later that it passes."""
    asked: str = ""
    """The id of the event by which a person sent it, by a custom action; '' for any other."""
    v2: bool = False
    """Whether it came in OCSF; such findings have an API of their own for notes."""
    help: str = ""
    """A page that says more."""
    more_resources: int = 0
    category: Category = Category.OTHER

    @property
    def key(self) -> str:
        """The same for every copy and update of what is wrong with one resource.

        ASFF and OCSF name the resource of a control alike (`resource_id`). Other products' findings
        are known by their ids, which are the same in both, while resources need not be.
        """
        what = (self.control.lower(), self.resource) if self.control else (self.id, "")
        parts = (self.account, self.region, *what)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    @property
    def service(self) -> str:
        """What teams filter by, in small letters: a control's service, or the product."""
        return (self.control.partition(".")[0] or self.product).lower()

    def document(self) -> dict[str, Any]:
        """As it is kept until it can be acted on."""
        times = {"created": self.created.isoformat(), "updated": self.updated.isoformat()}
        return {**asdict(self), **times, "severity": self.severity.name}


def kept(document: Mapping[str, Any]) -> Finding:
    """The finding that was kept."""
    times = {key: datetime.fromisoformat(document[key]) for key in ("created", "updated")}
    severity = Severity[document["severity"]]
    category = Category(document.get("category", Category.OTHER))
    return Finding(**{**document, **times, "severity": severity, "category": category})


def supposed(
    control: str, account: str, region: str, resource: str, now: datetime, partition: str = "aws"
) -> Finding:
    """A finding as it would be if `control` failed there now: to ask what would be done."""
    return Finding(
        id=f"supposed/{control}",
        product_arn=f"arn:{partition}:securityhub:{region}::product/aws/securityhub",
        product="Security Hub",
        account=account,
        region=region,
        partition=partition,
        control=control,
        title=control,
        description="",
        severity=Severity.HIGH,
        resource=resource,
        resource_type="",
        created=now,
        updated=now,
        category=Category.CONTROL,
    )
