"""What Amazon Inspector scans in an account and region."""

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

SCANS: Mapping[str, tuple[str, str]] = {
    "Inspector.1": ("EC2", "ec2"),
    "Inspector.2": ("ECR", "ecr"),
    "Inspector.3": ("LAMBDA_CODE", "lambdaCode"),
    "Inspector.4": ("LAMBDA", "lambda"),
}
"""What to turn on, and the key under which Inspector says whether it is."""
WHY = "Inspector has no ARN for an account"
ON = ("ENABLED", "ENABLING")


def find(place: Place, _: Aws) -> Iterator[str]:
    yield account(place)


def state(target: Target, aws: Aws) -> Json:
    answer = aws("inspector2").batch_get_account_status(accountIds=[target.place.account])
    found = answer["accounts"][0]["resourceState"] if answer["accounts"] else {}
    return {key: found.get(key, {}).get("status", "DISABLED") for _, key in SCANS.values()}


def check(target: Target, aws: Aws) -> Check:
    scan, key = SCANS[target.control]
    status = state(target, aws)[key]
    if status == "ENABLED":
        return Check(Status.PASSES)
    if status == "ENABLING":
        return Check(Status.UNCLEAR, "the scan is being turned on")
    return Check(Status.FAILS, f"{scan} is not scanned")


def enable(target: Target, aws: Aws, before: Json) -> None:
    scan, _key = SCANS[target.control]
    if scan == "LAMBDA_CODE" and before["lambda"] not in ON:
        raise Refused("code is scanned only where functions are: see Inspector.4")
    answer = aws("inspector2").enable(accountIds=[target.place.account], resourceTypes=[scan])
    done(answer)


def disable(target: Target, aws: Aws, _: Json) -> None:
    scan, key = SCANS[target.control]
    if state(target, aws)[key] in ON:
        done(aws("inspector2").disable(accountIds=[target.place.account], resourceTypes=[scan]))


def done(answer: Json) -> None:
    """Inspector refuses inside of an answer: in an organization its administrator decides."""
    if failed := answer.get("failedAccounts"):
        raise Refused(f"Inspector says {failed[0]['errorCode']}: {failed[0]['errorMessage']}")


REMEDIATIONS = (
    Remediation(
        name="scan-with-inspector",
        controls=tuple(SCANS),
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Turns on a scan of Inspector in the account and region.",
        breaks="Nothing; undo deletes the scan's findings.",
        reads=(Permission(("inspector2:BatchGetAccountStatus",), why=WHY),),
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
        before=state,
        fix=enable,
        undo=disable,
        tags=None,
        cost="Inspector's price for each instance, image or function.",
    ),
)
