"""Findings in the AWS Security Finding Format.

The control is read from Compliance.SecurityControlId, which is there whether control findings are
consolidated or not; ids and titles of findings differ between the two.

Source: AWS Security Hub User Guide, "Consolidation and ASFF".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings.finding import OURS, Finding, Severity
from orchestrator.findings.reading import (
    account_of,
    clean,
    control_of,
    identity,
    link,
    moment,
    owned,
    part,
    product_of,
    region_of,
    resources_of,
)


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
