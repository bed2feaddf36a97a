"""Whether the account's events are recorded at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestrator.findings.arn import account
from orchestrator.findings.causes import Cause, says
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
)

TRAILS = ("arn:{partition}:cloudtrail:*:{account}:trail/*",)
ALL_TRAILS = ("arn:{partition}:cloudtrail:*:*:trail/*",)


def find(place: Place, _: Aws) -> Iterator[str]:
    yield account(place)


def trails(aws: Aws) -> list[Any]:
    """All that record this account here, the organization's among them."""
    return list(aws("cloudtrail").describe_trails(includeShadowTrails=True)["trailList"])


def logging(aws: Aws, trail: Json) -> bool:
    client = aws("cloudtrail", trail["HomeRegion"])
    return bool(client.get_trail_status(Name=trail["TrailARN"])["IsLogging"])


def complete(aws: Aws, trail: Json) -> bool:
    """Whether it records reads and writes of all services, in all regions."""
    if not trail.get("IsMultiRegionTrail"):
        return False
    client = aws("cloudtrail", trail["HomeRegion"])
    answer = client.get_event_selectors(TrailName=trail["TrailARN"])
    simple = answer.get("EventSelectors", [])
    advanced = answer.get("AdvancedEventSelectors", [])
    return any(whole(selector) for selector in simple) or any(map(unfiltered, advanced))


def whole(selector: Json) -> bool:
    return bool(
        selector.get("IncludeManagementEvents")
        and selector.get("ReadWriteType") == "All"
        and not selector.get("ExcludeManagementEventSources")
    )


def unfiltered(selector: Json) -> bool:
    """An advanced selector for management events that leaves nothing out."""
    fields = {field["Field"]: field.get("Equals") for field in selector["FieldSelectors"]}
    return fields == {"eventCategory": ["Management"]}


def fit(target: Target, aws: Aws, trail: Json) -> bool:
    """Whether the trail would do if it were running: CloudTrail.3 asks for any trail."""
    return target.control == "CloudTrail.3" or complete(aws, trail)


def check(target: Target, aws: Aws) -> Check:
    found = [trail for trail in trails(aws) if fit(target, aws, trail)]
    if any(logging(aws, trail) for trail in found):
        return Check(Status.PASSES)
    if found:
        return Check(Status.FAILS, f"{found[0]['Name']} is stopped")
    return Check(Status.FAILS, "no trail records what the control asks for")


def before(target: Target, aws: Aws) -> Json:
    """The account's own trails that would do, and are stopped."""
    own = [t for t in trails(aws) if f":{target.place.account}:" in t["TrailARN"]]
    stopped = [t for t in own if fit(target, aws, t) and not logging(aws, t)]
    return {"stopped": [{"arn": t["TrailARN"], "region": t["HomeRegion"]} for t in stopped[:1]]}


def fix(_: Target, aws: Aws, before: Json) -> None:
    if not before["stopped"]:
        raise Refused(
            "the stack 'organization' makes the organization's trail: roll it out, so that no "
            "second trail is paid for"
        )
    for trail in before["stopped"]:
        aws("cloudtrail", trail["region"]).start_logging(Name=trail["arn"])


NEVER = "Nothing of ours stops a trail: who wants that, does it himself."
DESCRIBE = Permission(("cloudtrail:DescribeTrails",), why="CloudTrail describes all together")
CHANGES = (Permission(("cloudtrail:StartLogging",), TRAILS),)

STOPPED = (Cause("cloudtrail", ("DeleteTrail", "StopLogging")),)

REMEDIATIONS = (
    Remediation(
        name="start-complete-trail",
        controls=("CloudTrail.1",),
        causes=(
            *STOPPED,
            Cause("cloudtrail", ("UpdateTrail",), says("isMultiRegionTrail", "false")),
            Cause("cloudtrail", ("PutEventSelectors",), says("includeManagementEvents", "false")),
        ),
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Starts a stopped trail of the account that records all management events.",
        breaks="Nothing.",
        reads=(
            DESCRIBE,
            Permission(("cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"), ALL_TRAILS),
        ),
        writes=CHANGES,
        find=find,
        check=check,
        before=before,
        fix=fix,
        undo=None,
        by_hand=NEVER,
        tags=None,
        cost="Management events of a second trail have a price; the first one's are free.",
    ),
    Remediation(
        name="start-trail",
        controls=("CloudTrail.3",),
        causes=STOPPED,
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Starts a stopped trail of the account.",
        breaks="Nothing.",
        reads=(DESCRIBE, Permission(("cloudtrail:GetTrailStatus",), ALL_TRAILS)),
        writes=CHANGES,
        find=find,
        check=check,
        before=before,
        fix=fix,
        undo=None,
        by_hand=NEVER,
        tags=None,
        cost="Management events of a second trail have a price; the first one's are free.",
    ),
)
