"""What holds for the objects of a bucket: their encryption and who owns them."""

from __future__ import annotations

from typing import Any

from orchestrator.findings.causes import Cause, given, mentions, omits, says
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Remediation,
    Risk,
    Target,
    required,
)
from orchestrator.findings.resource_type import existing, keeping, looking
from orchestrator.findings.services.s3 import buckets

UNSET = "ServerSideEncryptionConfigurationNotFoundError"
CONFIGURATION = "ServerSideEncryptionConfiguration"
KMS = ("aws:kms", "aws:kms:dsse")
OWN = ("x-amz-acl", "private")
"""The parameter and value of a list that names nobody but the owner."""
CANNED = (
    *("public-read", "public-read-write", "authenticated-read", "log-delivery-write"),
    *("aws-exec-read", "bucket-owner-read", "bucket-owner-full-control"),
)


def read_encryption(target: Target, aws: Aws) -> Json | None:
    answer = buckets.ask(target, aws, "get_bucket_encryption", UNSET)
    return None if answer is None else {"encryption": answer.get(CONFIGURATION)}


def defaults(found: Json) -> list[dict[str, Any]]:
    rules = (found["encryption"] or {}).get("Rules", [])
    return [rule.get("ApplyServerSideEncryptionByDefault", {}) for rule in rules]


def plain(found: Json, _: Target) -> str:
    return "" if any(d.get("SSEAlgorithm") for d in defaults(found)) else "no default encryption"


def not_kms(found: Json, _: Target) -> str:
    keyed = any(default.get("SSEAlgorithm") in KMS for default in defaults(found))
    return "" if keyed else "its default encryption uses no KMS key"


def encrypt(target: Target, aws: Aws, _: Json) -> None:
    put_encryption(target, aws, {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}})


def encrypt_with_key(target: Target, aws: Aws, _: Json) -> None:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": required(target, "key")}
    put_encryption(
        target, aws, {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    )


def put_encryption(target: Target, aws: Aws, rule: Json) -> None:
    aws("s3").put_bucket_encryption(
        Bucket=buckets.name(target), **{CONFIGURATION: {"Rules": [rule]}}
    )


def restore_encryption(target: Target, aws: Aws, before: Json) -> None:
    name = buckets.name(target)
    if before["encryption"] is None:
        aws("s3").delete_bucket_encryption(Bucket=name)
    else:
        aws("s3").put_bucket_encryption(Bucket=name, **{CONFIGURATION: before["encryption"]})


ENCRYPTION = buckets.kind(read_encryption, "GetEncryptionConfiguration")

ENCRYPTION_REMEDIATIONS = (
    Remediation(
        name="encrypt-bucket",
        controls=("S3.4",),
        causes=(Cause("s3", ("CreateBucket", "DeleteBucketEncryption")),),
        resource_type=ENCRYPTION.resource_type,
        risk=Risk.REVERSIBLE,
        effect="New objects are encrypted with S3's keys unless they ask for something else.",
        breaks="Nothing: who may read an object reads it as before.",
        reads=ENCRYPTION.reads,
        writes=buckets.writes("PutEncryptionConfiguration"),
        find=ENCRYPTION.find,
        check=looking(ENCRYPTION, plain),
        before=keeping(ENCRYPTION, "encryption"),
        fix=encrypt,
        undo=restore_encryption,
        tags=ENCRYPTION.tags,
    ),
    Remediation(
        name="encrypt-bucket-with-key",
        controls=("S3.17",),
        causes=(
            Cause("s3", ("CreateBucket", "DeleteBucketEncryption")),
            Cause("s3", ("PutBucketEncryption",), mentions("AES256")),
        ),
        resource_type=ENCRYPTION.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="New objects are encrypted with the KMS key the decision names, by a bucket key.",
        breaks="Readers and writers of new objects who may not use the key. S3's own log "
        "deliveries stop where the key does not let them.",
        reads=ENCRYPTION.reads,
        writes=buckets.writes("PutEncryptionConfiguration"),
        find=ENCRYPTION.find,
        check=looking(ENCRYPTION, not_kms),
        before=keeping(ENCRYPTION, "encryption"),
        fix=encrypt_with_key,
        undo=restore_encryption,
        tags=ENCRYPTION.tags,
        cost="Calls of the key.",
        parameters={"key": Parameter("", "ARN of the KMS key; required.")},
    ),
)


ENFORCED = "BucketOwnerEnforced"


def read_ownership(target: Target, aws: Aws) -> Json | None:
    unset = "OwnershipControlsNotFoundError"
    answer = buckets.ask(target, aws, "get_bucket_ownership_controls", unset)
    if answer is None:
        return None
    rules = answer.get("OwnershipControls", {}).get("Rules", [])
    rule = rules[0] if rules else {}
    return {"ownership": rule.get("ObjectOwnership"), "rule": rule}


def listed(found: Json, _: Target) -> str:
    return "" if found["ownership"] == ENFORCED else "access control lists count"


def enforce(target: Target, aws: Aws, _: Json) -> None:
    put_ownership(target, aws, ENFORCED)


def put_ownership(target: Target, aws: Aws, ownership: str) -> None:
    rule = {**existing(OWNERSHIP, target, aws)["rule"], "ObjectOwnership": ownership}
    aws("s3").put_bucket_ownership_controls(
        Bucket=buckets.name(target), OwnershipControls={"Rules": [rule]}
    )


def restore_ownership(target: Target, aws: Aws, before: Json) -> None:
    if before["ownership"]:
        put_ownership(target, aws, before["ownership"])
    else:
        aws("s3").delete_bucket_ownership_controls(Bucket=buckets.name(target))


OWNERSHIP = buckets.kind(read_ownership, "GetBucketOwnershipControls")


def read_versioning(target: Target, aws: Aws) -> Json | None:
    """'Suspended' and never enabled are the same to the control, and the latter is no way back."""
    answer = buckets.ask(target, aws, "get_bucket_versioning")
    return None if answer is None else {"Enabled": answer.get("Status") == "Enabled"}


def unversioned(found: Json, _: Target) -> str:
    return "" if found["Enabled"] else "what is overwritten or deleted is lost"


def keep_versions(target: Target, aws: Aws, status: str) -> None:
    """The other setting, deletion with MFA, is only ever changed by the root user."""
    aws("s3").put_bucket_versioning(
        Bucket=buckets.name(target), VersioningConfiguration={"Status": status}
    )


VERSIONED = buckets.kind(read_versioning, "GetBucketVersioning")

REMEDIATIONS = (
    *ENCRYPTION_REMEDIATIONS,
    Remediation(
        name="keep-versions",
        controls=("S3.14",),
        causes=(
            Cause("s3", ("CreateBucket",)),
            Cause(
                "s3",
                ("PutBucketVersioning",),
                given("VersioningConfiguration.Status", "Suspended"),
            ),
        ),
        resource_type=VERSIONED.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Keeps the versions of objects that are overwritten or deleted.",
        breaks="Nothing. Deleted objects go on costing storage; a lifecycle rule can end that. "
        "Undo suspends it: versions that were kept stay.",
        reads=VERSIONED.reads,
        writes=buckets.writes("PutBucketVersioning"),
        find=VERSIONED.find,
        check=looking(VERSIONED, unversioned),
        before=keeping(VERSIONED, "Enabled"),
        fix=lambda target, aws, _: keep_versions(target, aws, "Enabled"),
        undo=lambda target, aws, _: keep_versions(target, aws, "Suspended"),
        tags=VERSIONED.tags,
        cost="Storage of the versions that are kept.",
    ),
    Remediation(
        name="turn-off-access-control-lists",
        controls=("S3.12",),
        causes=(
            Cause("s3", ("PutBucketAcl",), says("x-amz-acl", *CANNED)),
            Cause("s3", ("PutBucketAcl",), omits(*OWN), sure=False),
            Cause("s3", ("DeleteBucketOwnershipControls",), sure=False),
            Cause(
                "s3",
                ("PutBucketOwnershipControls",),
                omits("ObjectOwnership", "BucketOwnerEnforced"),
            ),
            Cause(
                "s3",
                ("CreateBucket",),
                says("x-amz-object-ownership", "ObjectWriter", "BucketOwnerPreferred"),
            ),
        ),
        resource_type=OWNERSHIP.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="The bucket's owner owns all objects, and access control lists no longer count.",
        breaks="Who was let in by a list alone, and uploads that set one. S3 refuses it while the "
        "bucket's own list names others; CloudFront's and older services' log deliveries need "
        "lists.",
        danger="Access control lists count again, and may give objects to the public.",
        reads=OWNERSHIP.reads,
        writes=buckets.writes("PutBucketOwnershipControls"),
        find=OWNERSHIP.find,
        check=looking(OWNERSHIP, listed),
        before=keeping(OWNERSHIP, "ownership"),
        fix=enforce,
        undo=restore_ownership,
        tags=OWNERSHIP.tags,
    ),
)
