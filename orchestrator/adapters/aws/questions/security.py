"""The security account's stack: Security Hub, GuardDuty and the lake of the organization."""

from __future__ import annotations

from functools import partial

from orchestrator.adapters.aws.questions import alarms, guardduty, logs
from orchestrator.adapters.aws.questions.arriving import associations
from orchestrator.adapters.aws.questions.asking import Aws, Found, Questions, Subject, on_its_way
from orchestrator.model.facts import Mode


def questions(subject: Subject) -> Questions:
    aws, organization = subject.aws, subject.organization
    facts = organization.facts
    home, *linked = subject.governed
    yield "findings come together here", partial(aggregator, aws, home, set(linked))
    if facts.security_hub.mode is Mode.CENTRAL:
        yield "Security Hub is configured centrally", partial(central, aws)
        yield "configuration policies have arrived", partial(associations, aws, organization)
    if facts.guardduty.enabled:
        for region in subject.governed:
            yield (
                f"{region}: GuardDuty watches every account",
                partial(guardduty.watches, aws, region, organization),
            )
    yield from alarms.of_security(subject)
    yield from logs.of_security(subject)


def aggregator(aws: Aws, home: str, linked: set[str]) -> str:
    found = aws.pages("securityhub", "ListFindingAggregators", "FindingAggregators")
    if not found:
        return "there is no aggregator"
    arn = found[0]["FindingAggregatorArn"]
    details = aws.call("securityhub", "GetFindingAggregator", FindingAggregatorArn=arn)
    if details["FindingAggregationRegion"] != home:
        return f"in {details['FindingAggregationRegion']}"
    missing = linked - set(details.get("Regions", []))
    everywhere = details["RegionLinkingMode"] == "ALL_REGIONS"
    return f"not from {', '.join(sorted(missing))}" if missing and not everywhere else ""


def central(aws: Aws) -> str | Found:
    response = aws.call("securityhub", "DescribeOrganizationConfiguration")
    found = response.get("OrganizationConfiguration", {})
    kind, status = found.get("ConfigurationType", "LOCAL"), found.get("Status", "")
    if (kind, status) == ("CENTRAL", "ENABLED"):
        return ""
    told = " ".join(filter(None, (kind, status, found.get("StatusMessage", ""))))
    return on_its_way(told) if (kind, status) == ("CENTRAL", "PENDING") else told
