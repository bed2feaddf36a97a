"""Secrets. Their values are never read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from orchestrator.findings.causes import Cause
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
    number,
    required,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking
from orchestrator.findings.tags import mapping

SECRETS = ("arn:{partition}:secretsmanager:{region}:{account}:secret:*",)
DAYS_TO_RESTORE = 30


def find(_: Place, aws: Aws) -> Iterator[str]:
    """Without those of other services, which AWS rotates and deletes itself."""
    for page in aws("secretsmanager").get_paginator("list_secrets").paginate():
        for secret in page["SecretList"]:
            if not secret.get("OwningService"):
                yield secret["ARN"]


def read(target: Target, aws: Aws) -> Json | None:
    call = aws("secretsmanager").describe_secret
    found: Json | None = unless(("ResourceNotFoundException",), call, SecretId=target.arn)
    return found


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping((read(target, aws) or {}).get("Tags"))


SECRET = ResourceType(
    "AwsSecretsManagerSecret",
    find,
    read,
    tags,
    (
        Permission(("secretsmanager:ListSecrets",), why="Secrets Manager lists all at once"),
        Permission(("secretsmanager:DescribeSecret",), SECRETS),
    ),
    "CreatedDate",
)


def ended(secret: Json) -> bool:
    """Whether it is to be deleted already."""
    return secret.get("DeletedDate") is not None


def unrotated(secret: Json, _: Target) -> str:
    return "" if ended(secret) or secret.get("RotationEnabled") else "it is not rotated"


def rotation(target: Target, aws: Aws) -> Json:
    return {"RotationEnabled": bool(existing(SECRET, target, aws).get("RotationEnabled"))}


def rotate(target: Target, aws: Aws, _: Json) -> None:
    """On its schedule, not now. The function it had before is kept to."""
    secret = existing(SECRET, target, aws)
    if not unrotated(secret, target):
        return
    aws("secretsmanager").rotate_secret(
        SecretId=target.arn,
        RotationLambdaARN=secret.get("RotationLambdaARN") or required(target, "function"),
        RotationRules={"AutomaticallyAfterDays": number(target, "days")},
        RotateImmediately=False,
    )


def stop_rotating(target: Target, aws: Aws, _: Json) -> None:
    if existing(SECRET, target, aws).get("RotationEnabled"):
        aws("secretsmanager").cancel_rotate_secret(SecretId=target.arn)


def days_since(moment: datetime) -> int:
    return (datetime.now(UTC) - moment).days


def unused(secret: Json, target: Target) -> str:
    """One that was never read counts from the day it was made."""
    days = days_since(secret.get("LastAccessedDate") or secret["CreatedDate"])
    if ended(secret) or days <= number(target, "days"):
        return ""
    return f"it was not read for {days} days"


def deletion(target: Target, aws: Aws) -> Json:
    return {"deleted": ended(existing(SECRET, target, aws))}


def delete(target: Target, aws: Aws, _: Json) -> None:
    if not unused(existing(SECRET, target, aws), target):
        return
    aws("secretsmanager").delete_secret(SecretId=target.arn, RecoveryWindowInDays=DAYS_TO_RESTORE)


def restore(target: Target, aws: Aws, _: Json) -> None:
    aws("secretsmanager").restore_secret(SecretId=target.arn)


def overdue(secret: Json, target: Target) -> str:
    days = days_since(secret.get("LastRotatedDate") or secret["CreatedDate"])
    if ended(secret) or days <= number(target, "days"):
        return ""
    return f"it was not rotated for {days} days"


def rotate_now(target: Target, aws: Aws, _: Json) -> None:
    secret = existing(SECRET, target, aws)
    if not secret.get("RotationEnabled"):
        raise Refused("it has no rotation, and only its owner knows where it is used")
    if overdue(secret, target):
        aws("secretsmanager").rotate_secret(SecretId=target.arn, RotateImmediately=True)


INVOKE = Permission(
    ("lambda:InvokeFunction",), ("arn:{partition}:lambda:{region}:{account}:function:*",)
)

REMEDIATIONS = (
    Remediation(
        name="rotate-secret",
        controls=("SecretsManager.1",),
        causes=(Cause("secretsmanager", ("CancelRotateSecret", "CreateSecret")),),
        resource_type=SECRET.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Turns on rotation by the function the decision names, from the next date on.",
        breaks="Clients that keep the value. A function that is made for another kind of secret "
        "fails its test, and nothing is rotated.",
        reads=SECRET.reads,
        writes=(
            Permission(
                ("secretsmanager:RotateSecret", "secretsmanager:CancelRotateSecret"), SECRETS
            ),
            INVOKE,
        ),
        find=find,
        check=looking(SECRET, unrotated),
        before=rotation,
        fix=rotate,
        undo=stop_rotating,
        tags=tags,
        cost="Calls of the function.",
        parameters={
            "function": Parameter("", "ARN of the rotation function; required."),
            "days": Parameter(90, "Days between rotations.", "maximumAllowedRotationFrequency"),
        },
    ),
    Remediation(
        name="delete-unused-secret",
        controls=("SecretsManager.3",),
        causes=(Cause("secretsmanager", ("CreateSecret", "RestoreSecret"), sure=False),),
        resource_type=SECRET.resource_type,
        risk=Risk.DESTRUCTIVE,
        effect=f"Marks the secret for deletion in {DAYS_TO_RESTORE} days.",
        breaks="Whoever reads it less often than that gets an error at once. It can be restored "
        f"for {DAYS_TO_RESTORE} days.",
        reads=SECRET.reads,
        writes=(
            Permission(("secretsmanager:DeleteSecret", "secretsmanager:RestoreSecret"), SECRETS),
        ),
        find=find,
        check=looking(SECRET, unused),
        before=deletion,
        fix=delete,
        undo=restore,
        tags=tags,
        by_hand=f"The value is lost after {DAYS_TO_RESTORE} days, and rare readers fail at once.",
        parameters={"days": Parameter(90, "Days without a reader.", "unusedForDays")},
    ),
    Remediation(
        name="rotate-secret-now",
        controls=("SecretsManager.4",),
        causes=(),
        uncaused="it fails as days go by without a rotation, and no call is made",
        resource_type=SECRET.resource_type,
        risk=Risk.DESTRUCTIVE,
        effect="Rotates the secret at once with the function it has.",
        breaks="Clients that keep the value.",
        reads=SECRET.reads,
        writes=(Permission(("secretsmanager:RotateSecret",), SECRETS), INVOKE),
        find=find,
        check=looking(SECRET, overdue),
        before=rotation,
        fix=rotate_now,
        undo=None,
        tags=tags,
        by_hand="The old value no longer counts afterwards, and cannot be brought back.",
        parameters={"days": Parameter(90, "Days a value may be old.", "maxDaysSinceRotation")},
    ),
)
