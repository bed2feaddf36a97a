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

FEATURES: Mapping[str, str] = {
    "GuardDuty.5": "EKS_AUDIT_LOGS",
    "GuardDuty.6": "LAMBDA_NETWORK_LOGS",
    "GuardDuty.8": "EBS_MALWARE_PROTECTION",
    "GuardDuty.9": "RDS_LOGIN_EVENTS",
    "GuardDuty.10": "S3_DATA_EVENTS",
    "GuardDuty.11": "RUNTIME_MONITORING",
}
BATCH = 50
"""Accounts in a call. Source: Amazon GuardDuty API Reference, GetMemberDetectors."""


def administered(aws: Aws, found: str) -> bool:
    """Whether another account decides what is watched here."""
    answer = aws("guardduty").get_administrator_account(DetectorId=found)
    return bool(answer.get("Administrator", {}).get("AccountId"))


def ours(aws: Aws, found: str) -> None:
    if administered(aws, found):
        raise Refused(
            "the organization's GuardDuty administrator decides this: the stack 'security' has it"
        )


def watches(said: Json, feature: str) -> bool:
    return any((f["Name"], f["Status"]) == (feature, "ENABLED") for f in said.get("Features", ()))


def batches(accounts: list[str]) -> Iterator[list[str]]:
    return (accounts[start : start + BATCH] for start in range(0, len(accounts), BATCH))


def lacking(aws: Aws, found: str, feature: str) -> list[str]:
    """The members without the feature. Raises Refused where GuardDuty does not say."""
    client = aws("guardduty")
    pages = client.get_paginator("list_members").paginate(DetectorId=found)
    members = [member["AccountId"] for page in pages for member in page["Members"]]
    off = []
    for batch in batches(members):
        answer = client.get_member_detectors(DetectorId=found, AccountIds=batch)
        processed(answer)
        answered = answer["MemberDataSourceConfigurations"]
        off += [each["AccountId"] for each in answered if not watches(each, feature)]
    return sorted(off)


def processed(answer: Json) -> None:
    if failed := answer.get("UnprocessedAccounts"):
        raise Refused(f"GuardDuty says of {failed[0]['AccountId']}: {failed[0]['Result']}")


def check_feature(target: Target, aws: Aws) -> Check:
    found, _ = parts(target)
    if found not in detectors(aws):
        return Check(Status.GONE)
    feature = FEATURES[target.control]
    if not watches(aws("guardduty").get_detector(DetectorId=found), feature):
        return Check(Status.FAILS, f"{feature} is off")
    try:
        off = lacking(aws, found, feature)
    except Refused as refused:
        return Check(Status.UNCLEAR, str(refused))
    return Check(Status.FAILS if off else Status.PASSES, fault(feature, off))


def fault(feature: str, off: list[str]) -> str:
    more = f" and {len(off) - 1} more" if len(off) > 1 else ""
    return f"{feature} is off in the member {off[0]}{more}" if off else ""


def feature_before(target: Target, aws: Aws) -> Json:
    """Whose detectors lack the feature."""
    found, _ = parts(target)
    feature = FEATURES[target.control]
    own = watches(aws("guardduty").get_detector(DetectorId=found), feature)
    return {"own": not own, "members": lacking(aws, found, feature)}


def enable_feature(target: Target, aws: Aws, before: Json) -> None:
    ours(aws, parts(target)[0])
    switch(target, aws, before, "ENABLED")


def switch(target: Target, aws: Aws, before: Json, status: str) -> None:
    found, _ = parts(target)
    client, features = aws("guardduty"), [{"Name": FEATURES[target.control], "Status": status}]
    if before["own"]:
        client.update_detector(DetectorId=found, Features=features)
    for batch in batches(list(before["members"])):
        answer = client.update_member_detectors(
            DetectorId=found, AccountIds=batch, Features=features
        )
        processed(answer)


ADMINISTERED = Permission(
    ("guardduty:GetAdministratorAccount",), why="GuardDuty has no such permission for a detector"
)
READS = ("guardduty:GetDetector",)
WRITES = ("guardduty:UpdateDetector",)
MEMBERS = "members' detectors are not a resource to IAM"
READS_MEMBERS = Permission(("guardduty:GetMemberDetectors", "guardduty:ListMembers"), why=MEMBERS)
WRITES_MEMBERS = Permission(("guardduty:UpdateMemberDetectors",), why=MEMBERS)


def switched_off(feature: str) -> Predicate:
    return lambda call: any(
        as_text(each.get("name")) == feature and as_text(each.get("status")) == "DISABLED"
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
                switched_off(feature),
                (control,),
            )
            for control, feature in FEATURES.items()
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
        undo=lambda target, aws, was: switch(target, aws, was, "DISABLED"),
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
