"""GuardDuty: whether it is on, and which features are, here and in the members' accounts.

Findings about features come where it is decided: in the delegated administrator's account, about
its detector. They fail as long as that or the detector of any member lacks the feature. An account
without an administrator decides for itself; a member's own detector is not judged.
Source: AWS Security Hub User Guide, "Security Hub controls for GuardDuty"; Amazon GuardDuty API
Reference, DetectorFeatureConfiguration, GetMemberDetectors, UpdateMemberDetectors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import account
from orchestrator.findings.causes import Cause, Predicate, as_text, given, mappings
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
from orchestrator.findings.services import guardduty_parts
from orchestrator.findings.services.guardduty_parts import (
    DETECTOR,
    DETECTORS,
    LISTING,
    detectors,
    parts,
)

RUNTIME = "RUNTIME_MONITORING"
FEATURES: Mapping[str, tuple[str, str]] = {
    "GuardDuty.5": ("EKS_AUDIT_LOGS", ""),
    "GuardDuty.6": ("LAMBDA_NETWORK_LOGS", ""),
    "GuardDuty.7": (RUNTIME, "EKS_ADDON_MANAGEMENT"),
    "GuardDuty.8": ("EBS_MALWARE_PROTECTION", ""),
    "GuardDuty.9": ("RDS_LOGIN_EVENTS", ""),
    "GuardDuty.10": ("S3_DATA_EVENTS", ""),
    "GuardDuty.11": (RUNTIME, ""),
    "GuardDuty.12": (RUNTIME, "ECS_FARGATE_AGENT_MANAGEMENT"),
    "GuardDuty.13": (RUNTIME, "EC2_AGENT_MANAGEMENT"),
}
"""The feature, and the agent that GuardDuty manages for it.

Source: AWS Security Hub User Guide, GuardDuty.7, "with automated agent management"; Amazon
GuardDuty API Reference, DetectorFeatureConfiguration and DetectorAdditionalConfiguration.
"""
ALONE = ("EKS_RUNTIME_MONITORING", "EKS_ADDON_MANAGEMENT")
"""Does for GuardDuty.7 as well, and GuardDuty takes it or runtime monitoring, not both."""
OWN = ""  # the administrator's own detector, among members
BATCH = 50  # accounts in a call. Source: Amazon GuardDuty API Reference, GetMemberDetectors.


def administered(aws: Aws, found: str) -> bool:
    """Whether another account decides what is watched here."""
    answer = aws("guardduty").get_administrator_account(DetectorId=found)
    return bool(answer.get("Administrator", {}).get("AccountId"))


def ours(aws: Aws, found: str) -> None:
    if administered(aws, found):
        raise Refused(
            "the organization's GuardDuty administrator decides this: the stack 'security' has it"
        )


def watches(said: Json, feature: str, agent: str = "") -> bool:
    """Whether the feature is on, and the agent is managed."""
    named = [each for each in said.get("Features", ()) if each["Name"] == feature]
    found: Json = named[0] if named else {}
    agents = found.get("AdditionalConfiguration", ())
    managed = {each["Name"] for each in agents if each["Status"] == "ENABLED"}
    return found.get("Status") == "ENABLED" and (not agent or agent in managed)


def does(said: Json, control: str) -> bool:
    feature, agent = FEATURES[control]
    return watches(said, feature, agent) or (agent == ALONE[1] and watches(said, *ALONE))


def batches(accounts: list[str]) -> Iterator[list[str]]:
    return (accounts[start : start + BATCH] for start in range(0, len(accounts), BATCH))


def detectors_of_members(aws: Aws, found: str) -> Iterator[tuple[str, Json]]:
    """What GuardDuty says of each; nothing of one that it does not answer for.

    A member that is suspended fails the control until it is disassociated.
    Source: AWS Security Hub User Guide, GuardDuty.5, "suspended member account".
    """
    client = aws("guardduty")
    pages = client.get_paginator("list_members").paginate(DetectorId=found)
    members = [member["AccountId"] for page in pages for member in page["Members"]]
    for batch in batches(members):
        answer = client.get_member_detectors(DetectorId=found, AccountIds=batch)
        for each in answer["MemberDataSourceConfigurations"]:
            yield each["AccountId"], each
        for each in answer["UnprocessedAccounts"]:
            yield each["AccountId"], {}


def check_feature(target: Target, aws: Aws) -> Check:
    found, _ = parts(target)
    if found not in detectors(aws):
        return Check(Status.GONE)
    control, (feature, agent) = target.control, FEATURES[target.control]
    name = f"{feature} with {agent}" if agent else feature
    if not does(aws("guardduty").get_detector(DetectorId=found), control):
        return Check(Status.FAILS, f"{name} is off")
    off = sorted(a for a, said in detectors_of_members(aws, found) if not does(said, control))
    if not off:
        return Check(Status.PASSES)
    more = f" and {len(off) - 1} more" if len(off) > 1 else ""
    return Check(Status.FAILS, f"{name} is off in the member {off[0]}{more}")


def feature_before(target: Target, aws: Aws) -> Json:
    """Whose detectors lack it; and of an agent, whose have runtime monitoring already."""
    found, _ = parts(target)
    feature, agent = FEATURES[target.control]
    said = {OWN: aws("guardduty").get_detector(DetectorId=found)}
    said |= dict(detectors_of_members(aws, found))
    off = sorted(account for account, each in said.items() if not does(each, target.control))
    on = [account for account in off if agent and watches(said[account], feature)]
    return {"own": OWN in off, "members": [a for a in off if a != OWN], "runtime": on}


def enable_feature(target: Target, aws: Aws, before: Json) -> None:
    ours(aws, parts(target)[0])
    switch(target, aws, before, off=False)


def switch(target: Target, aws: Aws, before: Json, *, off: bool) -> None:
    """On for all that lack it, or off again; of an agent, the feature stays where it was on."""
    had = set(before.get("runtime", ()))
    accounts = [*([OWN] if before["own"] else []), *before["members"]]
    for group in ([a for a in accounts if a in had], [a for a in accounts if a not in had]):
        wanted = [configuration(target.control, off=off, had=bool(had & set(group)))]
        if OWN in group:
            aws("guardduty").update_detector(DetectorId=parts(target)[0], Features=wanted)
        update_members(target, aws, [account for account in group if account != OWN], wanted)


def update_members(target: Target, aws: Aws, members: list[str], wanted: list[Json]) -> None:
    """All that GuardDuty takes. Refused with the first that it does not."""
    failed: list[Json] = []
    for batch in batches(members):
        answer = aws("guardduty").update_member_detectors(
            DetectorId=parts(target)[0], AccountIds=batch, Features=wanted
        )
        failed += answer["UnprocessedAccounts"]
    if failed:
        raise Refused(f"GuardDuty says of {failed[0]['AccountId']}: {failed[0]['Result']}")


def configuration(control: str, *, off: bool, had: bool) -> Json:
    feature, agent = FEATURES[control]
    status = "DISABLED" if off else "ENABLED"
    if not agent or (off and not had):
        return {"Name": feature, "Status": status}
    managed = [{"Name": agent, "Status": status}]
    return {"Name": feature, "Status": "ENABLED", "AdditionalConfiguration": managed}


ADMINISTERED = Permission(
    ("guardduty:GetAdministratorAccount",), why="GuardDuty has no such permission for a detector"
)
READS = ("guardduty:GetDetector",)
WRITES = ("guardduty:UpdateDetector",)
WHY = "members' detectors are not a resource to IAM"
READS_MEMBERS = Permission(("guardduty:GetMemberDetectors", "guardduty:ListMembers"), why=WHY)
WRITES_MEMBERS = Permission(("guardduty:UpdateMemberDetectors",), why=WHY)


def switched_off(*names: str) -> Predicate:
    """The feature, or the agent."""
    return lambda call: any(
        as_text(each.get("name")) in names and as_text(each.get("status")) == "DISABLED"
        for each in mappings(call.parameters)
    )


FEATURE_REMEDIATIONS = (
    Remediation(
        name="widen-guardduty",
        controls=tuple(FEATURES),
        causes=tuple(
            Cause(
                "guardduty",
                ("CreateDetector", "UpdateDetector", "UpdateMemberDetectors"),
                switched_off(feature, *([agent] if agent else [])),
                (control,),
            )
            for control, (feature, agent) in FEATURES.items()
        ),
        resource_type=DETECTOR.resource_type,
        risk=Risk.REVERSIBLE,
        effect=(
            "Turns on a part of GuardDuty, what it watches besides CloudTrail and the network; "
            "in the administrator's account for all members."
        ),
        breaks="Nothing.",
        reads=(LISTING, Permission(READS, DETECTORS), READS_MEMBERS),
        writes=(ADMINISTERED, Permission(WRITES, DETECTORS), WRITES_MEMBERS),
        find=DETECTOR.find,
        check=check_feature,
        before=feature_before,
        fix=enable_feature,
        undo=lambda target, aws, was: switch(target, aws, was, off=True),
        tags=None,
        cost="GuardDuty's price for that part, in each account.",
    ),
)


def find_account(place: Place, _: Aws) -> Iterator[str]:
    yield account(place)


def detector(aws: Aws) -> tuple[str, Json]:
    """Its id and what GuardDuty says of it; ('', {}) when there is none."""
    for found in detectors(aws):
        return found, aws("guardduty").get_detector(DetectorId=found)
    return "", {}


def check(_: Target, aws: Aws) -> Check:
    found, said = detector(aws)
    if not found:
        return Check(Status.FAILS, "GuardDuty is not on")
    on = said["Status"] == "ENABLED"
    return Check(Status.PASSES) if on else Check(Status.FAILS, "GuardDuty is suspended")


def before(_: Target, aws: Aws) -> Json:
    found, said = detector(aws)
    return {"detector": found, "status": said.get("Status", "")}


def enable(_: Target, aws: Aws, __: Json) -> None:
    found, said = detector(aws)
    if not found:
        aws("guardduty").create_detector(Enable=True)
    elif said["Status"] != "ENABLED":
        ours(aws, found)
        aws("guardduty").update_detector(DetectorId=found, Enable=True)


def disable(_: Target, aws: Aws, before: Json) -> None:
    found, _said = detector(aws)
    if before["detector"]:
        aws("guardduty").update_detector(DetectorId=before["detector"], Enable=False)
    elif found:
        ours(aws, found)
        aws("guardduty").delete_detector(DetectorId=found)


WATCHING = (LISTING, Permission(("guardduty:GetDetector",), DETECTORS))
REMEDIATIONS = (
    Remediation(
        name="enable-guardduty",
        controls=("GuardDuty.1",),
        causes=(
            Cause("guardduty", ("DeleteDetector",)),
            Cause("guardduty", ("CreateDetector", "UpdateDetector"), given("enable", "false")),
        ),
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Turns GuardDuty on in the account and region.",
        breaks="Nothing; undo deletes the findings there are until then.",
        reads=WATCHING,
        writes=(
            ADMINISTERED,
            Permission(("guardduty:CreateDetector",), why="there is no detector yet"),
            Permission(("guardduty:UpdateDetector", "guardduty:DeleteDetector"), DETECTORS),
            Permission(
                ("iam:CreateServiceLinkedRole",),
                ("arn:{partition}:iam::{account}:role/aws-service-role/guardduty.amazonaws.com/*",),
            ),
        ),
        find=find_account,
        check=check,
        before=before,
        fix=enable,
        undo=disable,
        tags=None,
        cost=(
            "GuardDuty's price for the events it looks at, and for what AWS turns on with a new "
            "detector: every protection plan but runtime monitoring."
        ),
    ),
    *guardduty_parts.REMEDIATIONS,
    *FEATURE_REMEDIATIONS,
)
