"""The buckets of the log archive."""

from __future__ import annotations

from functools import partial
from typing import Any

from orchestrator.adapters.aws.questions.account import PUBLIC_ACCESS
from orchestrator.adapters.aws.questions.asking import Aws, Questions, Subject
from orchestrator.adapters.aws.refusal import Refused

PURPOSES = ("access", "cloudtrail", "config", "logs")


def questions(subject: Subject) -> Questions:
    aws, prefix = subject.aws, subject.organization.facts.log_archive.bucket_prefix
    for bucket in (f"{prefix}-{purpose}" for purpose in PURPOSES):
        yield f"{bucket} is versioned", partial(versioned, aws, bucket)
        yield f"{bucket} is encrypted", partial(encrypted, aws, bucket)
        yield f"{bucket} is closed to the public", partial(closed, aws, bucket)


def versioned(aws: Aws, bucket: str) -> str:
    found = _setting(aws, "GetBucketVersioning", bucket)
    if found is None:
        return "no such bucket"
    return "" if found.get("Status") == "Enabled" else "it is not"


def encrypted(aws: Aws, bucket: str) -> str:
    found = _setting(aws, "GetBucketEncryption", bucket)
    return "" if found and found["ServerSideEncryptionConfiguration"]["Rules"] else "it is not"


def closed(aws: Aws, bucket: str) -> str:
    found = _setting(aws, "GetPublicAccessBlock", bucket)
    block = found["PublicAccessBlockConfiguration"] if found else {}
    missing = [switch for switch in PUBLIC_ACCESS if not block.get(switch)]
    return f"off: {', '.join(missing)}" if missing else ""


def _setting(aws: Aws, operation: str, bucket: str) -> dict[str, Any] | None:
    """None when the bucket, or that setting of it, is not there."""
    try:
        found: dict[str, Any] = aws.call("s3", operation, Bucket=bucket)
    except Refused as refusal:
        if refusal.code.startswith("NoSuch") or refusal.code.endswith("NotFoundError"):
            return None
        raise
    return found
