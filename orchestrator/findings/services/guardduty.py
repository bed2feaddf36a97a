"""GuardDuty: whether it watches, and what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import account
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
from orchestrator.findings.services.guardduty_parts import DETECTORS, LISTING, detectors

FEATURES: Mapping[str, str] = {
    "GuardDuty.5": "EKS_AUDIT_LOGS",
    "GuardDuty.6": "LAMBDA_NETWORK_LOGS",
    "GuardDuty.8": "EBS_MALWARE_PROTECTION",
    "GuardDuty.9": "RDS_LOGIN_EVENTS",
    "GuardDuty.10": "S3_DATA_EVENTS",
    "GuardDuty.11": "RUNTIME_MONITORING",
}
"""Source: AWS Security Hub User Guide, "GuardDuty controls"; GuardDuty API, DetectorFeature."""


def find_account(place: Place, _: Aws) -> Iterator[str]:
    yield account(place)


def detector(aws: Aws) -> tuple[str, Json]:
    """Its id and what GuardDuty says of it; ('', {}) when there is none."""
    for found in detectors(aws):
        return found, aws("guardduty").get_detector(DetectorId=found)
    return "", {}


def administered(aws: Aws, found: str) -> bool:
    """Whether another account decides what is watched here."""
    answer = aws("guardduty").get_administrator_account(DetectorId=found)
    return bool(answer.get("Administrator", {}).get("AccountId"))


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


def ours(aws: Aws, found: str) -> None:
    if administered(aws, found):
        raise Refused(
            "the organization's GuardDuty administrator decides this: the stack 'security' has it"
        )


def disable(_: Target, aws: Aws, before: Json) -> None:
    found, _said = detector(aws)
    if before["detector"]:
        aws("guardduty").update_detector(DetectorId=before["detector"], Enable=False)
    elif found:
        ours(aws, found)
        aws("guardduty").delete_detector(DetectorId=found)


def feature(target: Target, said: Json) -> str:
    wanted = FEATURES[target.control]
    found = {item["Name"]: item["Status"] for item in said.get("Features", [])}
    return str(found.get(wanted, "DISABLED"))


def check_feature(target: Target, aws: Aws) -> Check:
    found, said = detector(aws)
    if not found:
        return Check(Status.FAILS, "GuardDuty is not on")
    if feature(target, said) == "ENABLED":
        return Check(Status.PASSES)
    return Check(Status.FAILS, f"{FEATURES[target.control]} is off")


def before_feature(target: Target, aws: Aws) -> Json:
    found, said = detector(aws)
    return {"detector": found, "status": feature(target, said)}


def enable_feature(target: Target, aws: Aws, before: Json) -> None:
    if not before["detector"]:
        raise Refused("GuardDuty is not on: see GuardDuty.1")
    ours(aws, before["detector"])
    set_feature(target, aws, before["detector"], "ENABLED")


def set_feature(target: Target, aws: Aws, found: str, status: str) -> None:
    aws("guardduty").update_detector(
        DetectorId=found, Features=[{"Name": FEATURES[target.control], "Status": status}]
    )


WATCHING = (LISTING, Permission(("guardduty:GetDetector",), DETECTORS))
ADMINISTERED = Permission(
    ("guardduty:GetAdministratorAccount",), why="GuardDuty has no such permission for a detector"
)

REMEDIATIONS = (
    Remediation(
        name="enable-guardduty",
        controls=("GuardDuty.1",),
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
        cost="GuardDuty's price for the events it looks at.",
    ),
    *guardduty_parts.REMEDIATIONS,
    Remediation(
        name="widen-guardduty",
        controls=tuple(FEATURES),
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Turns on a part of GuardDuty: what it watches besides CloudTrail and the network.",
        breaks="Nothing.",
        reads=WATCHING,
        writes=(ADMINISTERED, Permission(("guardduty:UpdateDetector",), DETECTORS)),
        find=find_account,
        check=check_feature,
        before=before_feature,
        fix=enable_feature,
        undo=lambda target, aws, was: set_feature(target, aws, was["detector"], was["status"]),
        tags=None,
        cost="GuardDuty's price for that part.",
    ),
)
