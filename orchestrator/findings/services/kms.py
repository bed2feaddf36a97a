"""Keys of KMS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from orchestrator.findings import public_policy
from orchestrator.findings.arn import resource
from orchestrator.findings.causes import Cause, for_everyone, policy
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


def read_policy(target: Target, aws: Aws) -> Json | None:
    """Keys of AWS and of its services have policies that nobody changes, and are left alone."""
    answer = unless(("NotFoundException",), aws("kms").describe_key, KeyId=target.arn)
    if answer is None:
        return None
    key = answer["KeyMetadata"]
    if key["KeyManager"] != "CUSTOMER":
        return {**key, "Policy": ""}
    text = aws("kms").get_key_policy(KeyId=target.arn, PolicyName="default")["Policy"]
    return {**key, "Policy": text}


def set_policy(target: Target, aws: Aws, text: str) -> None:
    """KMS refuses what would lock out whoever asks; that check stays on."""
    aws("kms").put_key_policy(
        KeyId=resource(target.arn).removeprefix("key/"), PolicyName="default", Policy=text
    )


def with_owner(target: Target, text: str) -> str:
    """Refused where nobody could change the key's policy any more.

    Source: KMS Developer Guide, "Default key policy": without a statement for the account, IAM
    policies have no effect, and the key becomes unmanageable.
    """
    owners = public_policy.owners(text, target.place.account)
    if any({"kms:*", "*"} & {*public_policy.listed(each.get("Action"))} for each in owners):
        return text
    raise Refused("no other statement lets the account administer the key")


def read_state(target: Target, aws: Aws) -> Json | None:
    answer = unless(("NotFoundException",), aws("kms").describe_key, KeyId=target.arn)
    return None if answer is None else answer["KeyMetadata"]


def condemned(key: Json, _: Target) -> str:
    doomed = key["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion")
    return "it is going to be deleted, and all that it encrypts with it" if doomed else ""


def save(target: Target, aws: Aws, _: Json) -> None:
    """It is disabled then, and stays so: whether it is needed, people decide."""
    aws("kms").cancel_key_deletion(KeyId=resource(target.arn).removeprefix("key/"))


OPEN_KEY = replace(
    KEY,
    read=read_policy,
    reads=(
        KEY.reads[0],
        Permission(("kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListResourceTags"), KEYS),
    ),
)
CONDEMNED_KEY = replace(
    KEY,
    read=read_state,
    reads=(KEY.reads[0], Permission(("kms:DescribeKey", "kms:ListResourceTags"), KEYS)),
)

REMEDIATIONS = (
    Remediation(
        name="close-key",
        controls=("KMS.5",),
        causes=(Cause("kms", ("CreateKey", "PutKeyPolicy"), policy("policy", for_everyone)),),
        resource_type=KEY.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Takes the statements that let everybody in out of the key's policy.",
        breaks="Users and services that the policy does not name otherwise, and no IAM policy "
        "allows the key.",
        danger="The public can use the key again, and decrypt what it protects.",
        reads=OPEN_KEY.reads,
        writes=(Permission(("kms:PutKeyPolicy",), KEYS),),
        find=KEY.find,
        check=looking(OPEN_KEY, public_policy.fault("Policy")),
        before=keeping(OPEN_KEY, "Policy"),
        fix=public_policy.narrowing(OPEN_KEY, "Policy", set_policy, with_owner),
        undo=lambda target, aws, before: set_policy(target, aws, before["Policy"]),
        tags=KEY.tags,
    ),
    Remediation(
        name="save-key",
        controls=("KMS.3",),
        causes=(Cause("kms", ("ScheduleKeyDeletion",)),),
        resource_type=KEY.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Cancels the deletion of the key. It is disabled then, and can be enabled.",
        breaks="Nothing; the key goes on costing 1 USD a month.",
        reads=CONDEMNED_KEY.reads,
        writes=(Permission(("kms:CancelKeyDeletion",), KEYS),),
        find=KEY.find,
        check=looking(CONDEMNED_KEY, condemned),
        before=keeping(CONDEMNED_KEY, "KeyState"),
        fix=save,
        undo=None,
        tags=KEY.tags,
        by_hand="Somebody wanted the key gone, perhaps to destroy data for good: ask them first.",
    ),
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
