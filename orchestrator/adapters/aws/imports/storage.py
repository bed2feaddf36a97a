"""Buckets and each of their settings, keys and their aliases, and the data lake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.imports.wanted import (
    MISSING,
    Finder,
    Read,
    Seen,
    Wanted,
    asked,
    first,
    listed,
    named,
    nothing,
    same,
    there,
)
from orchestrator.adapters.aws.transport import Refused
from orchestrator.model.import_candidates import Presence

NO_BUCKET = ("NoSuchBucket", "404", "NotFound")


def bucket(aws: Aws, wanted: Wanted) -> Seen:
    """S3 answers the same for another account's name and for one that we may not look at."""
    name = wanted["bucket"]
    try:
        aws.call("s3", "HeadBucket", wanted.region, Bucket=name)
    except Refused as refusal:
        if refusal.code in NO_BUCKET:
            return MISSING
        raise
    return there(name)


def setting_of(operation: str, read: Read, *absent: str) -> Finder:
    """A part of a bucket, which goes by the bucket's name."""
    return asked("s3", operation, named("Bucket", "bucket"), read, *absent, *NO_BUCKET)


def having(*keys: str) -> Read:
    """The bucket's name, if the answer has one of these."""

    def read(wanted: Wanted, answer: Mapping[str, object]) -> str | None:
        return str(wanted["bucket"]) if any(answer.get(key) for key in keys) else None

    return read


def alias(aws: Aws, wanted: Wanted) -> Seen:
    return there(wanted["name"]) if _key(aws, wanted, wanted["name"]) else MISSING


def key(aws: Aws, wanted: Wanted) -> Seen:
    """A key has no name; the alias that the same module gives it has."""
    for sibling in wanted.siblings:
        if sibling.type == "aws_kms_alias" and sibling.module == wanted.intent.module:
            return there(_key(aws, wanted, sibling.values["name"]))
    return Seen(Presence.UNKNOWN, says="a key is found by its alias, and this one has none")


def _key(aws: Aws, wanted: Wanted, name: str) -> str | None:
    """By the list: a caller who asks for a single alias is denied where there is none."""
    aliases = aws.pages("kms", "ListAliases", "Aliases", wanted.region)
    return first(aliases, "TargetKeyId", AliasName=name)


def _subscriber(items: Any, name: str, value: object) -> str | None:
    return next((str(each["subscriberId"]) for each in items if each[name] == value), None)


def _source(wanted: Wanted) -> Mapping[str, object]:
    name = wanted["source"][0]["source_name"]
    return {"sources": [{"awsLogSource": {"sourceName": name}}]}


FINDERS: Mapping[str, Finder] = {
    "aws_kms_alias": alias,
    "aws_kms_key": key,
    "aws_s3_bucket": bucket,
    "aws_s3_bucket_lifecycle_configuration": setting_of(
        *("GetBucketLifecycleConfiguration", having("Rules"), "NoSuchLifecycleConfiguration")
    ),
    "aws_s3_bucket_logging": setting_of("GetBucketLogging", having("LoggingEnabled")),
    "aws_s3_bucket_notification": setting_of(
        "GetBucketNotificationConfiguration",
        having(
            "EventBridgeConfiguration",
            "LambdaFunctionConfigurations",
            "QueueConfigurations",
            "TopicConfigurations",
        ),
    ),
    "aws_s3_bucket_object_lock_configuration": setting_of(
        "GetObjectLockConfiguration",
        having("ObjectLockConfiguration"),
        "ObjectLockConfigurationNotFoundError",
    ),
    "aws_s3_bucket_ownership_controls": setting_of(
        *("GetBucketOwnershipControls", same("bucket"), "OwnershipControlsNotFoundError")
    ),
    "aws_s3_bucket_policy": setting_of("GetBucketPolicy", same("bucket"), "NoSuchBucketPolicy"),
    "aws_s3_bucket_public_access_block": setting_of(
        *("GetPublicAccessBlock", same("bucket"), "NoSuchPublicAccessBlockConfiguration")
    ),
    "aws_s3_bucket_server_side_encryption_configuration": setting_of(
        "GetBucketEncryption",
        same("bucket"),
        "ServerSideEncryptionConfigurationNotFoundError",
    ),
    "aws_s3_bucket_versioning": setting_of("GetBucketVersioning", having("Status")),
    "aws_securitylake_aws_log_source": listed(
        *("securitylake", "ListLogSources", "sources", _source),
        lambda wanted, items: (
            str(wanted["source"][0]["source_name"])
            if any(each.get("sources") for each in items)
            else None
        ),
        "ResourceNotFoundException",
    ),
    "aws_securitylake_data_lake": asked(
        "securitylake",
        "ListDataLakes",
        lambda wanted: {"regions": [wanted["configuration"][0]["region"]]},
        lambda _wanted, answer: first(answer["dataLakes"], "dataLakeArn"),
        "ResourceNotFoundException",
    ),
    "aws_securitylake_subscriber": listed(
        *("securitylake", "ListSubscribers", "subscribers", nothing),
        lambda wanted, items: _subscriber(items, "subscriberName", wanted["subscriber_name"]),
        "ResourceNotFoundException",
    ),
    "aws_securitylake_subscriber_notification": listed(
        *("securitylake", "ListSubscribers", "subscribers", nothing),
        lambda wanted, items: _subscriber(
            [each for each in items if each.get("subscriberEndpoint")],
            *("subscriberId", wanted["subscriber_id"]),
        ),
        "ResourceNotFoundException",
    ),
}
