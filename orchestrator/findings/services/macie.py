"""Macie in an account and region."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

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


def find(place: Place, _: Aws) -> Iterator[str]:
    yield account(place)


def status(aws: Aws) -> str:
    """'ENABLED', 'PAUSED', '' when Macie is off: it then says that access is denied."""
    try:
        return str(aws("macie2").get_macie_session()["status"])
    except ClientError as error:
        if "Macie is not enabled" in str(error):
            return ""
        raise


def check(_: Target, aws: Aws) -> Check:
    if status(aws) == "ENABLED":
        return Check(Status.PASSES)
    return Check(Status.FAILS, "Macie does not run")


def enable(_: Target, aws: Aws, before: Json) -> None:
    if before["status"] == "":
        if status(aws) == "":
            aws("macie2").enable_macie(status="ENABLED")
        return
    if aws("macie2").get_administrator_account().get("administrator", {}).get("accountId"):
        raise Refused("the organization's Macie administrator decides this")
    aws("macie2").update_macie_session(status="ENABLED")


def disable(_: Target, aws: Aws, before: Json) -> None:
    if before["status"] == "PAUSED":
        aws("macie2").update_macie_session(status="PAUSED")
    elif status(aws):
        aws("macie2").disable_macie()


REMEDIATIONS = (
    Remediation(
        name="enable-macie",
        controls=("Macie.1",),
        causes=(
            Cause("macie2", ("DisableMacie",)),
            Cause("macie2", ("UpdateMacieSession",), says("status", "PAUSED")),
        ),
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Turns Macie on in the account and region.",
        breaks="Nothing; undo deletes the findings and settings there are until then.",
        reads=(Permission(("macie2:GetMacieSession",), why="Macie has one session a region"),),
        writes=(
            Permission(
                (
                    "macie2:EnableMacie",
                    "macie2:UpdateMacieSession",
                    "macie2:DisableMacie",
                    "macie2:GetAdministratorAccount",
                ),
                why="Macie has one session a region, and no ARN for it",
            ),
            Permission(
                ("iam:CreateServiceLinkedRole",),
                ("arn:{partition}:iam::{account}:role/aws-service-role/macie.amazonaws.com/*",),
            ),
        ),
        find=find,
        check=check,
        before=lambda _, aws: {"status": status(aws)},
        fix=enable,
        undo=disable,
        tags=None,
        cost="Macie's price for each bucket it keeps an eye on.",
    ),
)
