"""A finding of the unified Security Hub ("V2"), which writes the Open Cybersecurity Schema.

Shapes are those of findings that were recorded elsewhere: elastic/integrations, packages/
aws_securityhub, test-findings.log (controls, IAM in the region 'global', Inspector; OCSF 1.5, 1.6);
SumoLogic's documentation of its app "AWS Security Hub - OCSF" (a whole event, GuardDuty); AWS's
Automated Security Response 4.1, securityHubCoverageFixtures.ts (coverage, OCSF 1.9); AWS Security
Hub User Guide, "Sample exposure finding". What a status, a severity and an activity mean: OCSF
schema, class "Finding", and the API model of Security Hub, BatchUpdateFindingsV2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings.event_reader import (
    CONTROL,
    HUB,
    Product,
    account_of,
    clean,
    first_time,
    identity,
    items,
    link,
    number,
    owned,
    part,
    product_of,
    region_of,
    resources_of,
    within,
)
from orchestrator.findings.finding import OURS, PASSED, Category, Finding, Severity
from orchestrator.findings.remediation import Place
from orchestrator.findings.resource_id import ACCOUNT_ID, asff_type, known_as

COMPLIANCE = 2003
DETECTION = 2004
CLASSES = {
    2002: Category.VULNERABILITY,
    DETECTION: Category.DETECTION,
    2006: Category.SENSITIVE_DATA,
}
OF_THE_HUB = {Category.EXPOSURE: "Exposure", Category.COVERAGE: "Coverage"}
"""As teams.yaml names them: what AWS calls these products has changed before."""
SEVERITIES = {1: "INFORMATIONAL", 2: "LOW", 3: "MEDIUM", 4: "HIGH", 5: "CRITICAL", 6: "CRITICAL"}
STATES = {1: "NEW", 2: "NOTIFIED", 3: "SUPPRESSED", 4: "RESOLVED"}
COMPLIANCES = {1: "PASSED", 2: "WARNING", 3: "FAILED"}
STATUSES = {"pass": "PASSED", "warning": "WARNING", "fail": "FAILED"}
CLOSE = 3
"""Of activity_id: the finding is over, its resource gone, or its product no longer sees it."""
ARCHIVED = frozenset({5, 6})
"""Of status_id: archived, deleted."""


def ocsf(found: Mapping[str, Any]) -> Iterator[Finding]:
    info, cloud, metadata = (
        part(found, "finding_info"),
        part(found, "cloud"),
        part(found, "metadata"),
    )
    product_arn = identity(part(metadata, "product"), "uid")
    product = product_of(product_arn, part(metadata, "product").get("name"))
    compliance = part(found, "compliance")
    class_uid, state = number(found.get("class_uid")), number(found.get("status_id"))
    status = _compliance(compliance)
    checked = product.aws == HUB and class_uid == COMPLIANCE
    control = _control(compliance.get("control")) if checked else ""
    category = Category.CONTROL if control else _category(product, class_uid, metadata)
    resources = resources_of(found.get("resources"), exact=bool(control))
    account = account_of(part(cloud, "account").get("uid"))
    id_ = identity(info, "uid")
    arns = [arn for arn in (id_, product_arn) if arn.startswith("arn:")]
    made = *_times(info, "created_time", "first_seen_time"), *_times(found, "time")
    for resource in resources if control else resources[:1] or [{}]:
        region = region_of(cloud.get("region"), *arns, resource.get("region"))
        kind = asff_type(clean(resource.get("type"), 100))
        place = Place(account, region, product.partition)
        arn = known_as(
            kind, _names(resource, found, control), place, clean(resource.get("name"), 256)
        )
        yield Finding(
            id=id_,
            product_arn=product_arn,
            product=OF_THE_HUB.get(category, product.name),
            account=account,
            region=region,
            partition=product.partition,
            control=control,
            title=clean(info.get("title"), 256),
            description=clean(info.get("desc"), 1024),
            severity=Severity.named(SEVERITIES.get(number(found.get("severity_id")), "")),
            resource=owned(within(arn, region), account)
            if control
            else arn or ACCOUNT_ID + account,
            resource_type=kind,
            created=first_time(*made),
            updated=first_time(*_times(info, "modified_time"), *_times(found, "time"), *made),
            compliance=status,
            workflow=STATES.get(state, "NEW"),
            archived=state in ARCHIVED or number(found.get("activity_id")) == CLOSE,
            ours=str(found.get("comment", "")).startswith(f"{OURS}:") and status != PASSED,
            help=link(next(iter(items(part(found, "remediation").get("references"))), "")),
            v2=True,
            more_resources=0 if control else max(len(resources) - 1, 0),
            category=category,
        )


def _control(value: object) -> str:
    """OCSF allows any text here: what is not an id of a control makes a finding without one."""
    return value if isinstance(value, str) and CONTROL.fullmatch(value) else ""


def _category(product: Product, class_uid: int, metadata: Mapping[str, Any]) -> Category:
    """Security Hub's own are told apart by what found them: the feature, or a product's name.

    Source: AWS Security Hub User Guide, "Reviewing details for exposure findings"
    (`security-hub/Exposure`); securityHubCoverageFixtures.ts (`security-hub/Coverage`).
    """
    feature = clean(part(part(metadata, "product"), "feature").get("uid"), 100)
    if product.aws.startswith(HUB):
        if class_uid == DETECTION or feature.endswith("/Exposure"):
            return Category.EXPOSURE
        if product.aws.endswith("-coverage") or feature.endswith("/Coverage"):
            return Category.COVERAGE
    return CLASSES.get(class_uid, Category.OTHER)


def _names(resource: Mapping[str, Any], found: Mapping[str, Any], control: str) -> tuple[str, ...]:
    """What the resource is called: its `uid` first. Those of a control are exact, or refused.

    Keys of S3 objects, and what other products write, are shown and nothing more.
    """
    if control:
        keys = [key for key in ("uid", "uid_alt") if resource.get(key)]
        return tuple(identity(resource, key) for key in keys or ["name"])
    values = (*(resource.get(key) for key in ("uid", "uid_alt", "name")),)
    return tuple(clean(value, 1024) for value in (*values, part(found, "databucket").get("uid")))


def _compliance(compliance: Mapping[str, Any]) -> str:
    known = COMPLIANCES.get(number(compliance.get("status_id")))
    return known or STATUSES.get(clean(compliance.get("status"), 20).lower(), "NOT_AVAILABLE")


def _times(found: Mapping[str, Any], *names: str) -> Iterator[object]:
    """Each time in milliseconds, and as text, which some findings have alone."""
    for name in names:
        yield found.get(name)
        yield found.get(f"{name}_dt")
