"""Findings of Security Hub's second version, in the Open Cybersecurity Schema Framework.

Source: OCSF 1.5, Compliance Finding and Base Event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings.finding import OURS, Finding, Severity
from orchestrator.findings.reading import (
    CONTROL,
    account_of,
    clean,
    identity,
    items,
    link,
    milliseconds,
    number,
    owned,
    part,
    product_of,
    region_of,
    resources_of,
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
    """OCSF allows any text here: what is no id of a control makes a finding without one."""
    return value if isinstance(value, str) and CONTROL.fullmatch(value) else ""
