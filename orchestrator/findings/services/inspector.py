"""What Amazon Inspector scans in an account and region, and in those of its members.

In an organization the findings come in the delegated administrator's account, and fail as long as
the scan is off there or in any member's.
Source: AWS Security Hub User Guide, "Security Hub controls for Amazon Inspector".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import account
from orchestrator.findings.causes import Cause, either, mentions, missing
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

SCANS: Mapping[str, tuple[str, str]] = {
    "Inspector.1": ("EC2", "ec2"),
    "Inspector.2": ("ECR", "ecr"),
    "Inspector.3": ("LAMBDA_CODE", "lambdaCode"),
    "Inspector.4": ("LAMBDA", "lambda"),
}
"""What to turn on, and the key under which Inspector says whether it is."""
WHY = "Inspector has no ARN for an account"
ON = ("ENABLED", "ENABLING")
KEYS = tuple(key for _, key in SCANS.values())
BATCH = 100
"""Accounts in a call. Source: Amazon Inspector API Reference, BatchGetAccountStatus."""


def find(place: Place, _: Aws) -> Iterator[str]:
    yield account(place)


def accounts(target: Target, aws: Aws) -> list[str]:
    """This one and, of an administrator, the members'."""
    pages = aws("inspector2").get_paginator("list_members").paginate(onlyAssociated=True)
    members = {member["accountId"] for page in pages for member in page["members"]}
    return [target.place.account, *sorted(members - {target.place.account})]


def states(target: Target, aws: Aws) -> dict[str, dict[str, str]]:
    """By account, what is scanned."""
    asked = accounts(target, aws)
    found: dict[str, Json] = {}
    for batch in batches(asked):
        answer = aws("inspector2").batch_get_account_status(accountIds=batch)
        found |= {each["accountId"]: each["resourceState"] for each in answer["accounts"]}
    return {
        each: {k: found.get(each, {}).get(k, {}).get("status", "DISABLED") for k in KEYS}
        for each in asked
    }


def check(target: Target, aws: Aws) -> Check:
    scan, key = SCANS[target.control]
    found = {each: state[key] for each, state in states(target, aws).items()}
    if off := [each for each, status in found.items() if status not in ON]:
        more = f" and {len(off) - 1} more" if len(off) > 1 else ""
        return Check(Status.FAILS, f"{scan} is not scanned in {off[0]}{more}")
    if "ENABLING" in found.values():
        return Check(Status.UNCLEAR, "the scan is being turned on")
    return Check(Status.PASSES)


def before(target: Target, aws: Aws) -> Json:
    """The accounts without the scan, and those without that of functions."""
    _scan, key = SCANS[target.control]
    found = states(target, aws)
    return {
        name: [each for each, state in found.items() if state[kind] not in ON]
        for name, kind in (("off", key), ("functions", "lambda"))
    }


def enable(target: Target, aws: Aws, before: Json) -> None:
    scan, _key = SCANS[target.control]
    if scan == "LAMBDA_CODE" and set(before["off"]) & set(before["functions"]):
        raise Refused("code is scanned only where functions are: see Inspector.4")
    for batch in batches(before["off"]):
        done(aws("inspector2").enable(accountIds=batch, resourceTypes=[scan]))


def disable(target: Target, aws: Aws, before: Json) -> None:
    scan, key = SCANS[target.control]
    now = states(target, aws)
    on = [each for each in before["off"] if now.get(each, {}).get(key) in ON]
    for batch in batches(on):
        done(aws("inspector2").disable(accountIds=batch, resourceTypes=[scan]))


def batches(found: list[str]) -> Iterator[list[str]]:
    return (found[start : start + BATCH] for start in range(0, len(found), BATCH))


def done(answer: Json) -> None:
    """Inspector refuses inside of an answer: in an organization its administrator decides."""
    if failed := answer.get("failedAccounts"):
        raise Refused(f"Inspector says {failed[0]['errorCode']}: {failed[0]['errorMessage']}")


REMEDIATIONS = (
    Remediation(
        name="scan-with-inspector",
        controls=tuple(SCANS),
        causes=tuple(
            Cause(
                "inspector2",
                ("Disable",),
                either(mentions(scan), missing("resourceTypes")),
                (control,),
            )
            for control, (scan, _) in SCANS.items()
        ),
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Turns on a scan of Inspector; in the administrator's account for all members.",
        breaks="Nothing; undo deletes the scan's findings.",
        reads=(
            Permission(("inspector2:BatchGetAccountStatus", "inspector2:ListMembers"), why=WHY),
        ),
        writes=(
            Permission(("inspector2:Enable", "inspector2:Disable"), why=WHY),
            Permission(
                ("iam:CreateServiceLinkedRole",),
                (
                    "arn:{partition}:iam::{account}:role/aws-service-role/inspector2.amazonaws.com/*",
                ),
            ),
        ),
        find=find,
        check=check,
        before=before,
        fix=enable,
        undo=disable,
        tags=None,
        cost="Inspector's price for each instance, image or function.",
    ),
)
