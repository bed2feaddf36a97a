"""The management account: what AWS makes for no other account, and what others look for in it."""

from __future__ import annotations

from functools import partial

from orchestrator.adapters.aws.preflight.asking import NEXT_APPLY, Ground, Looks
from orchestrator.adapters.aws.presence.account import LINKED_ROLES
from orchestrator.adapters.aws.presence.wanted import or_none
from orchestrator.adapters.aws.questions.account import NO_HUB
from orchestrator.adapters.aws.questions.asking import Aws
from orchestrator.model.preflight import Found, in_the_way, missing, ok, unknown

TRAILS = 5
"""In a region, those of other regions and of the organization included.

Source: AWS CloudTrail User Guide, "Quotas in AWS CloudTrail".
"""
ADOPT = "it is taken over by: orchestrator adopt stack:organization"


def looks(ground: Ground) -> Looks:
    aws, wanted = ground.aws, ground.wanted
    for service in wanted.service_roles:
        yield f"service-linked role of {service}", partial(linked_role, aws, service)
    for region in wanted.hubs:
        yield f"{region}: Security Hub", partial(hub, aws, region)
    for region in wanted.regions if ground.organization.facts.guardduty.enabled else ():
        yield f"{region}: GuardDuty", partial(detector, aws, region)
    name = f"{ground.organization.facts.name}-organization"
    home = ground.organization.facts.home_region
    yield f"{home}: CloudTrail", partial(trails, aws, home, name)


def linked_role(aws: Aws, service: str) -> Found:
    """Source: the services' user guides, "Using service-linked roles"."""
    name = LINKED_ROLES.get(service)
    if name is None:
        return unknown("nobody knows what it is called", "look into IAM")
    role = f"AWSServiceRoleFor{name}"
    answer = or_none(lambda: aws.call("iam", "GetRole", RoleName=role), "NoSuchEntity")
    return ok() if answer else missing("it is not there", NEXT_APPLY)


def hub(aws: Aws, region: str) -> Found:
    answer = or_none(lambda: aws.call("securityhub", "DescribeHub", region), *NO_HUB)
    return ok(f"it is on; if by hand, {ADOPT}") if answer else missing("it is off", NEXT_APPLY)


def detector(aws: Aws, region: str) -> Found:
    found = aws.pages("guardduty", "ListDetectors", "DetectorIds", region)
    return ok(f"it is on; if by hand, {ADOPT}") if found else missing("it is off", NEXT_APPLY)


def trails(aws: Aws, region: str, ours: str) -> Found:
    found = [each["Name"] for each in aws.call("cloudtrail", "DescribeTrails", region)["trailList"]]
    if ours in found:
        return ok(f"the trail '{ours}' is there")
    if len(found) >= TRAILS:
        fix = "delete one that the organization's trail makes needless; AWS raises this quota not"
        return in_the_way(f"{len(found)} trails of {TRAILS}: {', '.join(sorted(found))}", fix)
    return missing(f"{len(found)} trails of {TRAILS}", NEXT_APPLY)
