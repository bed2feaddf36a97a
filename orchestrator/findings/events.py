"""The findings that an event carries. What is not a finding gets a reason, never a guess.

Understood are Security Hub's findings in ASFF (imported and by custom action), its V2 findings in
OCSF, and GuardDuty's own events. In ASFF the control is read from Compliance.SecurityControlId,
which is there whether control findings are consolidated or not; ids and titles of findings differ
between the two.

Source: AWS Security Hub User Guide, "EventBridge event formats", "Consolidation and ASFF".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from math import isnan
from typing import Any

from orchestrator.findings.event_reader import (
    CONTROL,
    Wrong,
    account_of,
    clean,
    control_of,
    identity,
    items,
    link,
    mapping,
    milliseconds,
    moment,
    number,
    owned,
    part,
    product_of,
    region_of,
    resources_of,
)
from orchestrator.findings.finding import OURS, Finding, Malformed, Severity


def asff(found: Mapping[str, Any], *, asked: str) -> Iterator[Finding]:
    product_arn = identity(found, "ProductArn")
    partition, product, from_hub = product_of(product_arn, found.get("ProductName"))
    compliance = part(found, "Compliance")
    control = control_of(compliance.get("SecurityControlId")) if from_hub else ""
    resources = resources_of(found.get("Resources"))
    account = account_of(found.get("AwsAccountId"))
    for resource in resources if control else resources[:1]:
        arn = identity(resource, "Id")
        yield Finding(
            id=identity(found, "Id"),
            product_arn=product_arn,
            product=product,
            account=account,
            region=region_of(found.get("Region") or resource.get("Region") or product_arn, arn),
            partition=partition,
            control=control,
            title=clean(found.get("Title"), 256),
            description=clean(found.get("Description"), 1024),
            severity=Severity.named(clean(part(found, "Severity").get("Label"), 20)),
            resource=owned(arn, account),
            resource_type=clean(resource.get("Type"), 100),
            created=moment(found.get("CreatedAt")),
            updated=moment(found.get("UpdatedAt")),
            compliance=clean(compliance.get("Status"), 20) or "NOT_AVAILABLE",
            workflow=clean(part(found, "Workflow").get("Status"), 20) or "NEW",
            archived=found.get("RecordState") != "ACTIVE",
            ours=part(found, "Note").get("UpdatedBy") == OURS,
            asked=asked,
            help=link(part(part(found, "Remediation"), "Recommendation").get("Url")),
            more_resources=0 if control else len(resources) - 1,
        )


COMPLIANCE_FINDING = 2003
SEVERITIES = {1: "INFORMATIONAL", 2: "LOW", 3: "MEDIUM", 4: "HIGH", 5: "CRITICAL"}
STATES = {1: "NEW", 2: "NOTIFIED", 3: "SUPPRESSED", 4: "RESOLVED"}
COMPLIANCES = {1: "PASSED", 2: "WARNING", 3: "FAILED"}
ARCHIVED = 5


def ocsf(found: Mapping[str, Any]) -> Iterator[Finding]:
    info, cloud = part(found, "finding_info"), part(found, "cloud")
    product_arn = identity(part(part(found, "metadata"), "product"), "uid")
    name = part(part(found, "metadata"), "product").get("name")
    partition, product, from_hub = product_of(product_arn, name)
    compliance = part(found, "compliance")
    checked = from_hub and number(found.get("class_uid")) == COMPLIANCE_FINDING
    control = _control(compliance.get("control")) if checked else ""
    resources = resources_of(found.get("resources"))
    account = account_of(part(cloud, "account").get("uid"))
    for resource in resources if control else resources[:1]:
        arn = identity(resource, "uid")
        state = number(found.get("status_id"))
        yield Finding(
            id=identity(info, "uid"),
            product_arn=product_arn,
            product=product,
            account=account,
            region=region_of(cloud.get("region") or resource.get("region"), arn),
            partition=partition,
            control=control,
            title=clean(info.get("title"), 256),
            description=clean(info.get("desc"), 1024),
            severity=Severity.named(SEVERITIES.get(number(found.get("severity_id")), "")),
            resource=owned(arn, account),
            resource_type=clean(resource.get("type"), 100),
            created=milliseconds(info.get("created_time")),
            updated=milliseconds(info.get("modified_time", found.get("time"))),
            compliance=COMPLIANCES.get(number(compliance.get("status_id")), "NOT_AVAILABLE"),
            workflow=STATES.get(state, "NEW"),
            archived=state == ARCHIVED,
            ours=str(found.get("comment", "")).startswith(f"{OURS}:"),
            help=link(next(iter(items(part(found, "remediation").get("references"))), "")),
            v2=True,
            more_resources=0 if control else len(resources) - 1,
        )


def _control(value: object) -> str:
    """OCSF allows any text here: what is not an id of a control makes a finding without one."""
    return value if isinstance(value, str) and CONTROL.fullmatch(value) else ""


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
        return (Malformed(str(wrong)),)


def read(findings: list[Any]) -> tuple[Parsed, ...]:
    """Findings in ASFF that were asked for, as GetFindings answers. Raises nothing."""
    try:
        return tuple(_each(findings, partial(asff, asked="")))
    except Wrong as wrong:
        return (Malformed(str(wrong)),)


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
            yield Malformed(f"{where}{wrong}")
