"""GuardDuty's own events, read as Security Hub imports them: with the same id, both are one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan
from typing import Any

from orchestrator.findings.finding import Finding, Severity
from orchestrator.findings.reading import account_of, clean, identity, moment, part, region_of


def guardduty(found: Mapping[str, Any]) -> Iterator[Finding]:
    account, region = account_of(found.get("accountId")), found.get("region")
    arn = identity(found, "arn")
    partition = clean(found.get("partition"), 20) or "aws"
    kind = clean(part(found, "resource").get("resourceType"), 100)
    yield Finding(
        id=arn,
        product_arn=f"arn:{partition}:securityhub:{clean(region, 30)}::product/aws/guardduty",
        product="GuardDuty",
        account=account,
        region=region_of(region, ""),
        partition=partition,
        control="",
        title=clean(found.get("title"), 256),
        description=clean(found.get("description"), 1024),
        severity=_score(found.get("severity")),
        resource=f"AWS::::Account:{account}",
        resource_type=kind or "Other",
        created=moment(found.get("createdAt")),
        updated=moment(found.get("updatedAt")),
        compliance="NOT_AVAILABLE",
        archived=part(found, "service").get("archived") is True,
    )


def _score(value: object) -> Severity:
    """Source: Amazon GuardDuty User Guide, "Severity levels for GuardDuty findings"."""
    if isinstance(value, bool) or not isinstance(value, int | float) or isnan(value):
        return Severity.CRITICAL
    bounds = ((9, Severity.CRITICAL), (7, Severity.HIGH), (4, Severity.MEDIUM))
    return next((severity for least, severity in bounds if value >= least), Severity.LOW)
