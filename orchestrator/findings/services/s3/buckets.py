"""Buckets: listed by region, asked for one of their configurations, and their tags."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from orchestrator.findings import arn
from orchestrator.findings.errors import client_error_code
from orchestrator.findings.kind import Kind
from orchestrator.findings.remediation import Aws, Json, Permission, Place, Target
from orchestrator.findings.tags import mapping

BUCKETS = ("arn:{partition}:s3:::*",)
GONE = ("NoSuchBucket", "404")


def find(place: Place, aws: Aws) -> Iterator[str]:
    pages = aws("s3").get_paginator("list_buckets").paginate(BucketRegion=place.region)
    for page in pages:
        for bucket in page["Buckets"]:
            yield f"arn:{place.partition}:s3:::{bucket['Name']}"


def name(target: Target) -> str:
    return arn.resource(target.arn)


def ask(target: Target, aws: Aws, operation: str, *unset: str) -> Any:
    """The answer; {} where nothing is set, as these codes say; None without a bucket."""
    try:
        return getattr(aws("s3"), operation)(Bucket=name(target))
    except ClientError as error:
        if client_error_code(error) in GONE:
            return None
        if client_error_code(error) in unset:
            return {}
        raise


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    found = ask(target, aws, "get_bucket_tagging", "NoSuchTagSet") or {}
    return mapping(found.get("TagSet"))


def kind(read: Callable[[Target, Aws], Json | None], *actions: str) -> Kind:
    """Buckets, seen by one of their configurations. S3's dates of creation are not kept to."""
    return Kind(
        resource_type="AwsS3Bucket",
        find=find,
        read=read,
        tags=tags,
        reads=(
            Permission(("s3:ListAllMyBuckets",), why="S3 lists all buckets at once"),
            Permission(("s3:GetBucketTagging", *(f"s3:{a}" for a in actions)), BUCKETS),
        ),
    )


def writes(*actions: str) -> tuple[Permission, ...]:
    return (Permission(tuple(f"s3:{action}" for action in actions), BUCKETS),)
