"""The KMS key an object is to be encrypted with, as S3 finds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.s3.models import s3_backends

from orchestrator.sandbox.key_access import AWS_MANAGED, key_arn
from orchestrator.sandbox.refusals.refused import Asked, Refused
from orchestrator.sandbox.resource_policies import existing, find_key

STATES = {"Disabled": "KMS.DisabledException"}


def key_of_object(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys"; KMS errors.

    The key of the request, or of the bucket's default.
    """
    name = asked.text("Bucket")
    partition, owner = s3_backends.bucket_accounts.get(name, ("aws", ""))
    bucket = s3_backends[owner][partition].buckets.get(name) if owner else None
    key_id = _key_id(asked, bucket)
    if bucket is None or not key_id or AWS_MANAGED in key_id:
        return
    arn = key_arn(key_id, asked.account_id, bucket.region_name)
    _, _, _, region, account_id, resource = arn.split(":", 5)
    if region != bucket.region_name:
        yield Refused("KMS.NotFoundException", f"Invalid arn {region}")
        return
    backend = existing("kms", account_id, region)
    key = find_key(backend, resource) if backend is not None else None
    if key is None:
        yield Refused("KMS.NotFoundException", f"Key '{arn}' does not exist")
    elif not key.enabled or key.key_state != "Enabled":
        state = "Disabled" if key.key_state == "Enabled" else key.key_state
        code = STATES.get(state, "KMS.KMSInvalidStateException")
        yield Refused(code, f"{key.arn} is {state}.")


def _key_id(asked: Asked, bucket: Any) -> str:
    if asked.text("ServerSideEncryption"):
        return asked.text("SSEKMSKeyId")
    rule = (bucket.encryption or {}).get("Rule", {}) if bucket is not None else {}
    rule = rule[0] if isinstance(rule, list) and rule else rule
    default = rule.get("ApplyServerSideEncryptionByDefault", {}) if isinstance(rule, dict) else {}
    return str(default.get("KMSMasterKeyID") or "")
