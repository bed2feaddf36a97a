"""A bucket as new ones are since April 2023: blocked, enforced, encrypted.

Source: Amazon S3 User Guide, "Default settings for new S3 buckets FAQ".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.s3.models import PublicAccessBlock

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
