"""A finding, in one shape for every sender and every format.

Texts are bounded and without control characters: every account that may import findings can choose
them, and they go into messages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

OURS = "orchestrator"
"""The author of notes that we write."""


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


@dataclass(frozen=True, slots=True)
class Malformed:
    """What came is not a finding that can be acted on, and why."""

    reason: str


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
    """Whether the last note on it is ours."""
    asked: str = ""
    """The id of the event by which a person sent it, by a custom action; '' for any other."""
    v2: bool = False
    """Whether it came in OCSF; such findings have an API of their own for notes."""
    help: str = ""
    """A page that says more."""
    more_resources: int = 0

    @property
    def key(self) -> str:
        """The same for every copy and update of what is wrong with one resource."""
        what = self.control.lower() or self.id
        parts = (self.account, self.region, what, self.resource)
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
    return Finding(**{**document, **times, "severity": Severity[document["severity"]]})


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
    )
