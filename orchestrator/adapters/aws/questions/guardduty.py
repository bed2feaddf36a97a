"""GuardDuty of the organization: who is a member, and is watched."""

from __future__ import annotations

from orchestrator.adapters.aws.questions.asking import Aws, Found, on_its_way
from orchestrator.model import days
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
    today, management = days.today(), organization.management
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
