"""The findings that an event carries. What is not a finding gets a reason, never a guess.

Understood are Security Hub's findings in ASFF (imported and by custom action), its V2 findings in
OCSF (`ocsf`), and GuardDuty's own events. In ASFF the control is read from
Compliance.SecurityControlId, which is there whether control findings are consolidated or not; ids
and titles of findings differ between the two.

Source: AWS Security Hub User Guide, "EventBridge event formats", "Consolidation and ASFF".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from math import isnan
from typing import Any

from orchestrator.findings.event_reader import (
    HUB,
    Product,
    Wrong,
    account_of,
    clean,
    control_of,
    identity,
    items,
    link,
    mapping,
    moment,
    owned,
    part,
    product_of,
    region_of,
    resources_of,
    within,
)
from orchestrator.findings.finding import OURS, PASSED, Category, Finding, Malformed, Severity
from orchestrator.findings.ocsf import ocsf
from orchestrator.findings.remediation import Place
from orchestrator.findings.resource_id import ACCOUNT_ID as ROOT
from orchestrator.findings.resource_id import known_as, name_in


def asff(found: Mapping[str, Any], *, asked: str) -> Iterator[Finding]:
    product_arn = identity(found, "ProductArn")
    product = product_of(product_arn, found.get("ProductName"))
    compliance = part(found, "Compliance")
    status = clean(compliance.get("Status"), 20) or "NOT_AVAILABLE"
    control = control_of(compliance.get("SecurityControlId")) if product.aws == HUB else ""
    resources = resources_of(found.get("Resources"), exact=bool(control))
    account = account_of(found.get("AwsAccountId"))
    for resource in resources if control else resources[:1] or [{}]:
        region = region_of(found.get("Region"), resource.get("Region"), product_arn)
        kind = clean(resource.get("Type"), 100)
        names = (identity(resource, "Id"),) if control else (clean(resource.get("Id"), 1024),)
        place = Place(account, region, product.partition)
        arn = known_as(kind, names, place, name_in(part(resource, "Details")))
        yield Finding(
            id=identity(found, "Id"),
            product_arn=product_arn,
            product=product.name,
            account=account,
            region=region,
            partition=product.partition,
            control=control,
            title=clean(found.get("Title"), 256),
            description=clean(found.get("Description"), 1024),
            severity=Severity.named(clean(part(found, "Severity").get("Label"), 20)),
            resource=owned(within(arn, region), account) if control else arn or f"{ROOT}{account}",
            resource_type=kind,
            created=moment(found.get("CreatedAt")),
            updated=moment(found.get("UpdatedAt")),
            compliance=status,
            workflow=clean(part(found, "Workflow").get("Status"), 20) or "NEW",
            archived=found.get("RecordState") != "ACTIVE",
            ours=part(found, "Note").get("UpdatedBy") == OURS and status != PASSED,
            asked=asked,
            help=link(part(part(found, "Remediation"), "Recommendation").get("Url")),
            more_resources=0 if control else max(len(resources) - 1, 0),
            category=Category.CONTROL if control else _category(product, found.get("Types")),
        )


NAMESPACES = {
    "Software and Configuration Checks/Vulnerabilities": Category.VULNERABILITY,
    "Sensitive Data Identifications": Category.SENSITIVE_DATA,
    "TTPs": Category.DETECTION,
    "Unusual Behaviors": Category.DETECTION,
}
"""Source: AWS Security Hub User Guide, "Types taxonomy for ASFF"."""


def _category(product: Product, types: object) -> Category:
    """GuardDuty uses other namespaces as well ('Effects'), and finds nothing but threats."""
    if product.aws == "guardduty":
        return Category.DETECTION
    names = [clean(each, 200) for each in items(types)]
    fitting = (kind for start, kind in NAMESPACES.items() for n in names if n.startswith(start))
    return next(fitting, Category.OTHER)


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
        region=region_of(region),
        partition=partition,
        control="",
        title=clean(found.get("title"), 256),
        description=clean(found.get("description"), 1024),
        severity=_score(found.get("severity")),
        resource=f"{ROOT}{account}",
        resource_type=kind or "Other",
        created=moment(found.get("createdAt")),
        updated=moment(found.get("updatedAt")),
        compliance="NOT_AVAILABLE",
        archived=part(found, "service").get("archived") is True,
        category=Category.DETECTION,
    )


def _score(value: object) -> Severity:
    """Source: Amazon GuardDuty User Guide, "Severity levels for GuardDuty findings"."""
    if isinstance(value, bool) or not isinstance(value, int | float) or isnan(value):
        return Severity.CRITICAL
    bounds = ((9, Severity.CRITICAL), (7, Severity.HIGH), (4, Severity.MEDIUM))
    return next((severity for least, severity in bounds if value >= least), Severity.LOW)


IMPORTED = "Security Hub Findings - Imported"
CUSTOM = "Security Hub Findings - Custom Action"
V2 = "Findings Imported V2"
GUARDDUTY = "GuardDuty Finding"
SOURCES = {
    IMPORTED: "aws.securityhub",
    CUSTOM: "aws.securityhub",
    V2: "aws.securityhub",
    GUARDDUTY: "aws.guardduty",
}
"""Who sends an event of a name. EventBridge keeps sources that begin with 'aws.' to AWS."""

MOST_FINDINGS = 100

Parsed = Finding | Malformed


def parse(event: object) -> tuple[Parsed, ...]:
    """Every finding in `event`. Never empty, and raises nothing for any `event`."""
    try:
        return tuple(_parse(event)) or (Malformed("the event holds no findings"),)
    except Wrong as wrong:
        v2 = isinstance(event, Mapping) and event.get("detail-type") == V2
        return (Malformed(str(wrong), v2),)


def read(findings: list[Any]) -> tuple[Parsed, ...]:
    """Findings in ASFF that were asked for, as GetFindings answers. Raises nothing."""
    try:
        return tuple(_each(findings, partial(asff, asked="")))
    except Wrong as wrong:
        return (Malformed(str(wrong)),)


def read_v2(findings: list[Any]) -> tuple[Parsed, ...]:
    """Findings in OCSF, as GetFindingsV2 answers. Raises nothing."""
    return tuple(_each(findings, ocsf))


def _parse(event: object) -> Iterator[Parsed]:
    event = mapping(event, "the event")
    kind = event.get("detail-type")
    if not isinstance(kind, str) or kind not in SOURCES:
        raise Wrong(f"events of the kind '{clean(kind, 80)}' are not known")
    if event.get("source") != SOURCES[kind]:
        raise Wrong(f"the event does not come from {SOURCES[kind]}")
    detail = mapping(event.get("detail"), "detail")
    if kind == GUARDDUTY:
        yield from _each([detail], guardduty)
        return
    findings = detail.get("findings")
    if not isinstance(findings, list):
        raise Wrong("detail.findings is not a list")
    if len(findings) > MOST_FINDINGS:
        raise Wrong(f"{len(findings)} findings in one event, more than {MOST_FINDINGS}")
    if kind == V2:
        yield from _each(findings, ocsf)
    else:
        asked = clean(event.get("id"), 64) or "asked" if kind == CUSTOM else ""
        yield from _each(findings, partial(asff, asked=asked))


def _each(
    findings: list[Any], read: Callable[[Mapping[str, Any]], Iterator[Finding]]
) -> Iterator[Parsed]:
    for index, found in enumerate(findings, start=1):
        try:
            yield from read(mapping(found, "a finding"))
        except Wrong as wrong:
            where = f"finding {index}: " if len(findings) > 1 else ""
            yield Malformed(f"{where}{wrong}", read is ocsf)
