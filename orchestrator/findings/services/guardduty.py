"""GuardDuty: whether it watches."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.findings.arn import account
from orchestrator.findings.causes import Cause, given
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Permission,
    Place,
    Remediation,
    Risk,
    Status,
    Target,
)
from orchestrator.findings.services import guardduty_features, guardduty_parts
from orchestrator.findings.services.guardduty_features import ADMINISTERED, ours
from orchestrator.findings.services.guardduty_parts import DETECTORS, LISTING, detectors


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
    *guardduty_features.REMEDIATIONS,
)
