"""An object keeps the ARN of the key it was encrypted with.

Source: Amazon S3 API Reference, PutObject and CopyObject, x-amz-server-side-encryption; User Guide,
"Setting default server-side encryption behavior for Amazon S3 buckets".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.s3.models import PublicAccessBlock, s3_backends

from orchestrator.sandbox.bucket_access import default_key
from orchestrator.sandbox.data_keys import S3_KEY
from orchestrator.sandbox.key_access import key_arn
from orchestrator.sandbox.resource_policies import existing, find_key


def put_object(original: Callable[..., Any], self: Any, *args: Any, **given: Any) -> Any:
    """moto takes the bucket's default key for a request that asks for KMS and names none: S3 takes
    its own. And a request that asks for AES256 has no key.
    """
    said = str(given.get("encryption") or "")
    named = given.get("kms_key_id")
    stored = original(self, *args, **given)
    if not str(stored.encryption or "").startswith("aws:kms"):
        stored.kms_key_id = None
        return stored
    bucket = self.get_bucket(stored.bucket_name)
    key = str(named or (S3_KEY if said else default_key(bucket)) or S3_KEY)
    stored.kms_key_id = _resolved(key_arn(key, bucket.account_id, bucket.region_name))
    return stored


def copy_object(original: Callable[..., Any], self: Any, *args: Any, **given: Any) -> Any:
    """A copy onto itself, which moto encrypts with AES256 then, takes the bucket's default too."""
    bucket = self.get_bucket(args[1] if len(args) > 1 else given["dest_bucket_name"])
    if not given.get("encryption"):
        given["encryption"] = "aws:kms" if default_key(bucket) else "AES256"
        given["kms_key_id"] = default_key(bucket) or None
    return original(self, *args, **given)


def _resolved(arn: str) -> str:
    _, _, _, region, account_id, resource = arn.split(":", 5)
    backend = existing("kms", account_id, region)
    key = find_key(backend, resource) if backend is not None else None
    return str(key.arn) if key is not None else arn


ENFORCED = "BucketOwnerEnforced"
AES256 = {
    "Rule": {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BucketKeyEnabled": "false",
    }
}


def create_bucket(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    """What `S3Backend.create_bucket` makes; the request's own ownership is put on it afterwards."""
    bucket = original(self, *args, **kwargs)
    bucket.public_access_block = PublicAccessBlock(True, True, True, True)
    bucket.ownership_rule = ENFORCED
    bucket.encryption = AES256
    return bucket


def delete_bucket_encryption(_: Callable[..., None], self: Any, bucket_name: str) -> None:
    """There is always an encryption: S3's own is what is left."""
    self.get_bucket(bucket_name).encryption = AES256


MISSING_SUBRESOURCES = frozenset(
    ("analytics", "intelligent-tiering", "metadataConfiguration", "metadataTable", "metrics")
)


def bucket_exists(name: str) -> bool:
    """Whether any account has a bucket of this name; names are global."""
    accounts = list(dict.values(s3_backends))
    return any(name in backend.buckets for account in accounts for backend in account.values())
