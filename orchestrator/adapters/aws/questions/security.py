"""The security account's stack: Security Hub, GuardDuty and the lake of the organization."""

from __future__ import annotations

from functools import partial

from orchestrator.adapters.aws.questions import logs
from orchestrator.adapters.aws.questions.asking import Aws, Questions, Subject
from orchestrator.model.facts import Mode


def questions(subject: Subject) -> Questions:
    aws, facts = subject.aws, subject.organization.facts
    home, *linked = subject.governed
    yield "findings come together here", partial(aggregator, aws, home, set(linked))
    if facts.security_hub.mode is Mode.CENTRAL:
        yield "Security Hub is configured centrally", partial(central, aws)
        yield "configuration policies have arrived", partial(associations, aws)
    if facts.guardduty.enabled:
        for region in subject.governed:
            yield f"{region}: GuardDuty watches every account", partial(guardduty, aws, region)
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


def central(aws: Aws) -> str:
    response = aws.call("securityhub", "DescribeOrganizationConfiguration")
    found = response.get("OrganizationConfiguration", {})
    kind, status = found.get("ConfigurationType", "LOCAL"), found.get("Status", "")
    return "" if (kind, status) == ("CENTRAL", "ENABLED") else f"{kind} {status}".strip()


def associations(aws: Aws) -> str:
    """Also those an account or OU inherits: that is where a policy fails to arrive."""
    operation = "ListConfigurationPolicyAssociations"
    found = aws.pages("securityhub", operation, "ConfigurationPolicyAssociationSummaries")
    late = sorted(
        f"{each['TargetId']} {each['AssociationStatus']}"
        for each in found
        if each["AssociationStatus"] != "SUCCESS"
    )
    if not found:
        return "there are none"
    return ", ".join(late)


def guardduty(aws: Aws, region: str) -> str:
    detectors = aws.pages("guardduty", "ListDetectors", "DetectorIds", region)
    if not detectors:
        return "there is no detector"
    operation = "DescribeOrganizationConfiguration"
    found = aws.call("guardduty", operation, region, DetectorId=detectors[0])
    enabled: str = found.get("AutoEnableOrganizationMembers", "NONE")
    return "" if enabled == "ALL" else f"auto-enable: {enabled}"
