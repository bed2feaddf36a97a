"""The encryption of objects that ask for none."""

from __future__ import annotations

from typing import Any

from orchestrator.findings.causes import Cause, mentions
from orchestrator.findings.kind import keeping, looking
from orchestrator.findings.parameters import required
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.services.s3 import buckets

UNSET = "ServerSideEncryptionConfigurationNotFoundError"
CONFIGURATION = "ServerSideEncryptionConfiguration"
KMS = ("aws:kms", "aws:kms:dsse")


def read(target: Target, aws: Aws) -> Json | None:
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
    put(target, aws, {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}})


def encrypt_with_key(target: Target, aws: Aws, _: Json) -> None:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": required(target, "key")}
    put(target, aws, {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True})


def put(target: Target, aws: Aws, rule: Json) -> None:
    aws("s3").put_bucket_encryption(
        Bucket=buckets.name(target), **{CONFIGURATION: {"Rules": [rule]}}
    )


def put_back(target: Target, aws: Aws, before: Json) -> None:
    name = buckets.name(target)
    if before["encryption"] is None:
        aws("s3").delete_bucket_encryption(Bucket=name)
    else:
        aws("s3").put_bucket_encryption(Bucket=name, **{CONFIGURATION: before["encryption"]})


ENCRYPTION = buckets.kind(read, "GetEncryptionConfiguration")

REMEDIATIONS = (
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
        undo=put_back,
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
        undo=put_back,
        tags=ENCRYPTION.tags,
        cost="Calls of the key.",
        parameters={"key": Parameter("", "ARN of the KMS key; required.")},
    ),
)
