"""Keys of KMS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import resource
from orchestrator.findings.causes import Cause
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, existing, keeping, looking
from orchestrator.findings.tags import mapping

KEYS = ("arn:{partition}:kms:{region}:{account}:key/*",)


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("kms").get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            yield key["KeyArn"]


def read(target: Target, aws: Aws) -> Json | None:
    answer = unless(("NotFoundException",), aws("kms").describe_key, KeyId=target.arn)
    if answer is None:
        return None
    key = dict(answer["KeyMetadata"])
    if rotatable(key):
        status = aws("kms").get_key_rotation_status(KeyId=target.arn)
        key["KeyRotationEnabled"] = status["KeyRotationEnabled"]
    return key


def rotatable(key: Json) -> bool:
    """Whether KMS rotates keys of this kind, and the control asks for it.

    Source: KMS Developer Guide, "Rotating AWS KMS keys".
    """
    return (key["KeyManager"], key["Origin"], key["KeySpec"], key["KeyState"]) == (
        "CUSTOMER",
        "AWS_KMS",
        "SYMMETRIC_DEFAULT",
        "Enabled",
    )


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    pages = aws("kms").get_paginator("list_resource_tags").paginate(KeyId=target.arn)
    return mapping((tag for page in pages for tag in page["Tags"]), "TagKey", "TagValue")


def unrotated(key: Json, _: Target) -> str:
    return "" if key.get("KeyRotationEnabled", True) else "its key material is never rotated"


def rotate(target: Target, aws: Aws, _: Json) -> None:
    regions = existing(KEY, target, aws).get("MultiRegionConfiguration", {})
    if regions.get("MultiRegionKeyType") == "REPLICA":
        raise Refused(f"it is rotated with its primary key, {regions['PrimaryKey']['Arn']}")
    aws("kms").enable_key_rotation(KeyId=resource(target.arn).removeprefix("key/"))


def stop_rotating(target: Target, aws: Aws, _: Json) -> None:
    aws("kms").disable_key_rotation(KeyId=resource(target.arn).removeprefix("key/"))


KEY = ResourceType(
    resource_type="AwsKmsKey",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("kms:ListKeys",), why="KMS lists keys for the whole account"),
        Permission(("kms:DescribeKey", "kms:GetKeyRotationStatus", "kms:ListResourceTags"), KEYS),
    ),
    created="CreationDate",
)

REMEDIATIONS = (
    Remediation(
        name="rotate-key",
        controls=("KMS.4",),
        causes=(Cause("kms", ("DisableKeyRotation", "CreateKey")),),
        resource_type=KEY.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Turns on the yearly rotation of the key's material.",
        breaks="Nothing: what was encrypted with earlier material is still decrypted.",
        reads=KEY.reads,
        writes=(Permission(("kms:EnableKeyRotation", "kms:DisableKeyRotation"), KEYS),),
        find=KEY.find,
        check=looking(KEY, unrotated),
        before=keeping(KEY, "KeyRotationEnabled"),
        fix=rotate,
        undo=stop_rotating,
        tags=KEY.tags,
        cost="1 USD a month for each of the first two rotations.",
    ),
)
