"""The security account's stack: Security Hub, GuardDuty and the lake of the organization."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from orchestrator.adapters.aws.conformance.checks import (
    Aws,
    Checks,
    Found,
    Subject,
    associations,
    on_its_way,
    security_log_checks,
)
from orchestrator.adapters.aws.transport import Refused
from orchestrator.model import dates
from orchestrator.model.facts import Mode
from orchestrator.model.organization import Account, Organization
from orchestrator.model.run import Answer

FIX = "switch it on there, then in the security account add it: guardduty create-members"


def watches(aws: Aws, region: str, organization: Organization) -> str | Found:
    """Whether every account is a member that is watched, not only that it shall become one.

    An account that is not a member yet may still become one by itself, for 24 hours; the management
    account does not, unless GuardDuty is on in it before.
    Source: Amazon GuardDuty User Guide, "Managing GuardDuty accounts with AWS Organizations".
    """
    detectors = aws.pages("guardduty", "ListDetectors", "DetectorIds", region)
    if not detectors:
        return "there is no detector"
    own = detectors[0]
    status = aws.call("guardduty", "GetDetector", region, DetectorId=own)["Status"]
    if status != "ENABLED":
        return f"the detector is {status}"
    operation = "DescribeOrganizationConfiguration"
    found = aws.call("guardduty", operation, region, DetectorId=own)
    enabled: str = found.get("AutoEnableOrganizationMembers", "NONE")
    if enabled != "ALL":
        return f"auto-enable: {enabled}"
    asked = {"DetectorId": own, "OnlyAssociated": "false"}
    members = aws.pages("guardduty", "ListMembers", "Members", region, **asked)
    return _members({m["AccountId"]: m["RelationshipStatus"] for m in members}, organization)


def _members(known: dict[str, str], organization: Organization) -> str | Found:
    today, management = dates.today(), organization.management
    wanted = [a for a in organization.accounts if a.id != organization.security.id]
    open_ = [account for account in wanted if not account.set_aside(today)]
    unwatched = [
        _named(account, known.get(account.id, "no member"))
        for account in open_
        if known.get(account.id, "Enabled") != "Enabled"
        or (account.id == management.id and account.id not in known)
    ]
    if unwatched:
        return Found(Answer.NOT_EVERYWHERE, f"{', '.join(unwatched)}; {FIX}")
    late = [account.name for account in open_ if account.id not in known]
    return on_its_way(f"no members yet: {', '.join(late)}") if late else ""


def _named(account: Account, status: str) -> str:
    return f"{account.name} ({account.id}): {status}"


MOST_ASKED = 50
"""Accounts a GetMembers takes. Source: Security Hub API Reference."""


def hub_members(aws: Aws, region: str, organization: Organization) -> str | Found:
    """Policies of the organization make accounts members; nothing of ours does then."""
    today, security = dates.today(), organization.security.id
    wanted = [
        account
        for account in organization.accounts
        if account.id != security
        and account.settings.security_hub.enabled
        and region in account.regions
        and not account.set_aside(today)
    ]
    enabled: set[str] = set()
    for start in range(0, len(wanted), MOST_ASKED):
        ids = [account.id for account in wanted[start : start + MOST_ASKED]]
        found = aws.call("securityhub", "GetMembers", region, AccountIds=ids)["Members"]
        enabled |= {each["AccountId"] for each in found if each["MemberStatus"] == "Enabled"}
    late = [account.name for account in wanted if account.id not in enabled]
    return on_its_way(f"no members yet: {', '.join(late)}") if late else ""


CLOUDWATCH, OURS = "cloudwatch.amazonaws.com", "orchestrator-"


def of_security(subject: Subject) -> Checks:
    """The alarms of the function, which go to a team's topic."""
    facts = subject.organization.facts
    if facts.remediation.enabled:
        yield "alarms are heard", partial(heard, subject.aws, facts.home_region)


def heard(aws: Aws, region: str) -> str:
    """Which topics do not take what an alarm says.

    Source: SNS Developer Guide, "Enable compatibility between event sources from AWS services and
    encrypted topics"; AWS Knowledge Center, "Why didn't I receive an SNS notification for my
    CloudWatch alarm trigger?".
    """
    found = aws.pages("cloudwatch", "DescribeAlarms", "MetricAlarms", region, AlarmNamePrefix=OURS)
    topics = sorted({arn for alarm in found for arn in alarm["AlarmActions"] if ":sns:" in arn})
    if not topics:
        return "no alarm tells a topic"
    deaf = {topic: _deaf(aws, region, topic) for topic in topics}
    return "; ".join(f"{topic.rpartition(':')[2]}: {why}" for topic, why in deaf.items() if why)


def _deaf(aws: Aws, region: str, topic: str) -> str:
    try:
        said = aws.call("sns", "GetTopicAttributes", region, TopicArn=topic)["Attributes"]
    except Refused as refusal:
        if not refusal.code.startswith("NotFound"):
            raise
        return "there is no such topic"
    if not _lets_in(said.get("Policy", "{}"), "sns:publish"):
        return "its policy does not let CloudWatch publish"
    return _locked(aws, region, said["KmsMasterKeyId"]) if said.get("KmsMasterKeyId") else ""


def _locked(aws: Aws, region: str, key: str) -> str:
    found = aws.call("kms", "DescribeKey", region, KeyId=key)["KeyMetadata"]
    if found["KeyState"] != "Enabled":
        return f"its key {found['Arn']} is {found['KeyState']}"
    where = {"KeyId": found["Arn"], "PolicyName": "default"}
    policy = aws.call("kms", "GetKeyPolicy", region, **where)["Policy"]
    needed = ("kms:decrypt", "kms:generatedatakey")
    if all(_lets_in(policy, action) for action in needed):
        return ""
    return f"the policy of its key {found['Arn']} does not let CloudWatch use it"


def _lets_in(policy: str, action: str) -> bool:
    """Whether a statement allows CloudWatch, by its own name; conditions are not looked at."""
    return any(
        statement["Effect"] == "Allow"
        and isinstance(statement.get("Principal"), dict)
        and CLOUDWATCH in _texts(statement["Principal"].get("Service", ()))
        and any(fnmatchcase(action, pattern) for pattern in _texts(statement.get("Action", ())))
        for statement in json.loads(policy).get("Statement", ())
    )


def _texts(value: Any) -> Iterator[str]:
    listed = [value] if isinstance(value, str) else value
    return (text if text == CLOUDWATCH else text.lower() for text in listed)


PENDING = "PendingConfirmation"
"""Instead of an ARN."""


def checks(subject: Subject) -> Checks:
    aws, organization = subject.aws, subject.organization
    facts = organization.facts
    home, *linked = subject.governed
    yield "findings come together here", partial(aggregator, aws, home, set(linked))
    if facts.security_hub.mode is Mode.POLICY:
        for region in subject.governed:
            what = f"{region}: accounts are members of Security Hub"
            yield what, partial(hub_members, aws, region, organization)
    if facts.security_hub.mode is Mode.CENTRAL:
        yield "Security Hub is configured centrally", partial(central, aws)
        yield "configuration policies have arrived", partial(associations, aws, organization)
    if facts.guardduty.enabled:
        for region in subject.governed:
            yield (
                f"{region}: GuardDuty watches every account",
                partial(watches, aws, region, organization),
            )
    yield from of_security(subject)
    if facts.remediation.enabled:
        mail = {name: team.email for name, team in organization.teams.items() if team.notify.email}
        topics = {f"{_topics(subject)}-{name}": address for name, address in mail.items()}
        yield "mail to teams is confirmed", partial(confirmed, aws, topics)
    yield from security_log_checks(subject)


def _topics(subject: Subject) -> str:
    home = subject.organization.facts.home_region
    return f"arn:aws:sns:{home}:{subject.account.id}:orchestrator-team"


def confirmed(aws: Aws, mail: Mapping[str, str]) -> str | Found:
    """By topic and address. Until somebody there has clicked, no target gets anything by mail.

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
    told = f"no confirmed subscription of {', '.join(waiting)}: click in the mail that SNS has sent"
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
