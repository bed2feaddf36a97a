"""The security account's stack: Security Hub, GuardDuty and the lake of the organization."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from orchestrator.adapters.aws.questions import alarms, guardduty, logs
from orchestrator.adapters.aws.questions.arriving import associations
from orchestrator.adapters.aws.questions.asking import Aws, Found, Questions, Subject, on_its_way
from orchestrator.model.facts import Mode
from orchestrator.model.run import Answer

PENDING = "PendingConfirmation"
"""Instead of an ARN."""


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
    if facts.remediation.enabled:
        mail = {name: team.email for name, team in organization.teams.items() if team.notify.email}
        topics = {f"{_topics(subject)}-{name}": address for name, address in mail.items()}
        yield "mail to teams is confirmed", partial(confirmed, aws, topics)
    yield from logs.of_security(subject)


def _topics(subject: Subject) -> str:
    home = subject.organization.facts.home_region
    return f"arn:aws:sns:{home}:{subject.account.id}:orchestrator-team"


def confirmed(aws: Aws, mail: Mapping[str, str]) -> str | Found:
    """By topic and address. Until somebody there has clicked, nobody is told of anything by mail.

    Source: Amazon SNS API Reference, ListSubscriptionsByTopic; AWS, "What's New", 2023-05-10: what
    is not confirmed is deleted after 48 hours.
    """
    waiting, missing = [], []
    for topic, address in sorted(mail.items()):
        found = aws.pages("sns", "ListSubscriptionsByTopic", "Subscriptions", TopicArn=topic)
        arns = [each["SubscriptionArn"] for each in found if each["Endpoint"] == address]
        missing += [address] if not arns else []
        waiting += [address] if PENDING in arns else []
    if missing:
        return f"not subscribed: {', '.join(missing)}; apply again, and confirm within two days"
    told = f"nobody hears it at {', '.join(waiting)}: click in the mail that SNS has sent"
    return Found(Answer.UNCONFIRMED, told) if waiting else ""


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
