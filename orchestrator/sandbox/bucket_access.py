"""Whether a service of AWS may put an object into a bucket, and under which key.

Source: CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail" and "Configure AWS KMS key
policies for CloudTrail"; AWS Config Developer Guide, "Permissions for the Amazon S3 Bucket for the
AWS Config Delivery Channel"; CloudWatch Logs User Guide, "Logs sent to Amazon S3".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.s3.models import s3_backends

from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.key_access import key_arn, key_refusal
from orchestrator.sandbox.service_access import refusal

PREFIX = "arn:aws:s3:::"
OWNED = {"s3:x-amz-acl": ["bucket-owner-full-control"]}
"""What every service that writes for other accounts sends along."""

CHECKS: Mapping[str, tuple[str, ...]] = {
    "cloudtrail.amazonaws.com": ("s3:GetBucketAcl",),
    "config.amazonaws.com": ("s3:GetBucketAcl", "s3:ListBucket"),
    "delivery.logs.amazonaws.com": ("s3:GetBucketAcl",),
}
"""What a service asks of the bucket itself before it writes."""

NOT_TOLD = "aws:sourceorgid"
"""Not said to be part of such a check, nor of what S3 asks KMS for a service, in any document."""


def bucket_named(name: str) -> Any:
    """moto's bucket, whoever has it; None when nobody has."""
    partition, owner = s3_backends.bucket_accounts.get(name, ("aws", ""))
    return s3_backends[owner][partition].buckets.get(name) if owner else None


def write_refusal(service: str, bucket: str, key: str, keys: Context, kms_key: str = "") -> str:
    """Why `service` cannot put the object `key` into `bucket`; '' when it can.

    `keys` are those of `on_behalf`. The key is `kms_key`, an ARN, or the bucket's own default.
    """
    if bucket not in s3_backends.bucket_accounts:
        return f"there is no bucket {bucket}"
    arn = f"{PREFIX}{bucket}"
    known = {name: value for name, value in keys.items() if name != NOT_TOLD}
    for action in CHECKS.get(service, ()):
        if problem := refusal(service, action, arn, known):
            return problem
    problem = refusal(service, "s3:PutObject", f"{arn}/{key}", {**keys, **OWNED})
    return problem or _locked(service, bucket, known, kms_key)


def _locked(service: str, bucket: str, keys: Context, kms_key: str) -> str:
    found = bucket_named(bucket)
    wanted = kms_key or default_key(found)
    if not wanted:
        return ""
    arn = key_arn(wanted, found.account_id, found.region_name)
    via = f"s3.{found.region_name}.amazonaws.com"
    asked = {**keys, **_encryption(service, keys)}
    return key_refusal(arn, ("kms:GenerateDataKey", "kms:Decrypt"), service, via, asked)


def _encryption(service: str, keys: Context) -> Context:
    """CloudTrail binds what it encrypts to its trail."""
    if service != "cloudtrail.amazonaws.com":
        return {}
    return {"kms:encryptioncontext:aws:cloudtrail:arn": keys.get("aws:sourcearn", [])}


def default_key(bucket: Any) -> str:
    """The KMS key that a bucket encrypts with when nobody names one; '' for S3's own keys."""
    said = bucket.encryption or {}
    rules = said.get("Rule") or said.get("Rules") or []
    listed = rules if isinstance(rules, list) else [rules]
    found = [rule.get("ApplyServerSideEncryptionByDefault") or {} for rule in listed]
    keys = [str(each.get("KMSMasterKeyID") or "alias/aws/s3") for each in found if _is_kms(each)]
    return keys[0] if keys else ""


def _is_kms(default: Mapping[str, Any]) -> bool:
    return str(default.get("SSEAlgorithm", "")).startswith("aws:kms")
