"""Distributions of CloudFront, and the buckets that are their origins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from botocore.exceptions import ClientError

from orchestrator.findings.arn import name
from orchestrator.findings.errors import client_error_code, unless
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
)
from orchestrator.findings.resource_type import ResourceType
from orchestrator.findings.tags import mapping

DISTRIBUTIONS = ("arn:{partition}:cloudfront::{account}:distribution/*",)
DELETED = ("NoSuchDistribution",)


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("cloudfront").get_paginator("list_distributions").paginate():
        for distribution in page["DistributionList"].get("Items", []):
            yield distribution["ARN"]


def read(target: Target, aws: Aws) -> Json | None:
    call = aws("cloudfront").get_distribution_config
    answer = unless(DELETED, call, Id=name(target.arn))
    return None if answer is None else {**answer["DistributionConfig"], "ETag": answer["ETag"]}


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    answer = aws("cloudfront").list_tags_for_resource(Resource=target.arn)
    return mapping(answer["Tags"]["Items"])


DISTRIBUTION = ResourceType(
    resource_type="AwsCloudFrontDistribution",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("cloudfront:ListDistributions",), why="CloudFront lists all of an account"),
        Permission(
            ("cloudfront:GetDistributionConfig", "cloudfront:ListTagsForResource"), DISTRIBUTIONS
        ),
    ),
)


def buckets(config: Json) -> Iterator[str]:
    """The buckets that are origins; those that serve as websites are not asked about."""
    for origin in config["Origins"]["Items"]:
        bucket, found, _ = origin["DomainName"].partition(".s3.")
        if found and "CustomOriginConfig" not in origin:
            yield bucket


def origins(target: Target, aws: Aws) -> dict[str, str] | None:
    """'there', 'missing' or 'hidden' for each bucket; None when the distribution is gone."""
    config = read(target, aws)
    return None if config is None else {b: seen(aws, b) for b in sorted(set(buckets(config)))}


def seen(aws: Aws, bucket: str) -> str:
    """S3 answers 403 for another account's bucket, and for one we may not see."""
    try:
        aws("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if client_error_code(error) in {"404", "NoSuchBucket"}:
            return "missing"
        if client_error_code(error) == "403":
            return "hidden"
        raise
    return "there"


def check_origins(target: Target, aws: Aws) -> Check:
    found = origins(target, aws)
    if found is None:
        return Check(Status.GONE)
    if missing := [bucket for bucket, state in found.items() if state == "missing"]:
        return Check(Status.FAILS, f"no such bucket: {', '.join(missing)}")
    if hidden := [bucket for bucket, state in found.items() if state == "hidden"]:
        return Check(Status.UNCLEAR, f"not ours, or not to be seen: {', '.join(hidden)}")
    return Check(Status.PASSES)


def keep_missing(target: Target, aws: Aws) -> Json:
    found = origins(target, aws) or {}
    return {"buckets": [bucket for bucket, state in found.items() if state == "missing"]}


def refuse(_: Target, __: Aws, before: Json) -> None:
    raise Refused(
        f"whoever makes a bucket named {', '.join(before['buckets'])} serves this distribution's "
        "content: take the origin away, disable the distribution, or make the bucket again"
    )


REMEDIATIONS = (
    Remediation(
        name="report-lost-origin",
        controls=("CloudFront.12",),
        causes=(),
        uncaused="the call is about the bucket that was deleted, and names no distribution",
        resource_type=DISTRIBUTION.resource_type,
        risk=Risk.DESTRUCTIVE,
        effect="Says which buckets are missing. No origin is made up in their place.",
        breaks="Nothing: a person decides what the distribution is to serve.",
        reads=(
            *DISTRIBUTION.reads,
            Permission(("s3:ListBucket",), ("arn:{partition}:s3:::*",)),
        ),
        writes=(),
        find=DISTRIBUTION.find,
        check=check_origins,
        before=keep_missing,
        fix=refuse,
        undo=None,
        tags=DISTRIBUTION.tags,
        by_hand="Only its owner knows whether the bucket, the origin or the distribution is wrong.",
        everywhere=True,
    ),
)
