"""How CloudTrail calls services and calls, and which calls it does not write down by itself.

Source: AWS CloudTrail User Guide, supported services, logging data events; the CloudTrail pages of
the services' own guides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SOURCES: Mapping[str, str] = {
    "cloudwatch": "monitoring",
    "s3control": "s3",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tagging",
    "service-quotas": "servicequotas",
    "sso-admin": "sso",
    "stepfunctions": "states",
    "opensearch": "es",
    "opensearchserverless": "aoss",
    "accessanalyzer": "access-analyzer",
}
"""botocore's name of a service → the part of the event source before `.amazonaws.com`."""

GLOBAL = frozenset({"iam", "organizations", "cloudfront", "route53", "account"})
"""Services whose events are in us-east-1, wherever they are called from."""

EVENTS: Mapping[str, Mapping[str, str]] = {
    "s3": {
        "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
        "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
        "DeletePublicAccessBlock": "DeleteBucketPublicAccessBlock",
        "PutBucketLifecycleConfiguration": "PutBucketLifecycle",
        "GetBucketLifecycleConfiguration": "GetBucketLifecycle",
        "PutBucketNotificationConfiguration": "PutBucketNotification",
        "GetBucketNotificationConfiguration": "GetBucketNotification",
        "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
        "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    },
    "s3control": {
        "PutPublicAccessBlock": "PutAccountPublicAccessBlock",
        "GetPublicAccessBlock": "GetAccountPublicAccessBlock",
        "DeletePublicAccessBlock": "DeleteAccountPublicAccessBlock",
    },
    "lambda": {
        "AddPermission": "AddPermission20150331v2",
        "RemovePermission": "RemovePermission20150331v2",
        "CreateFunction": "CreateFunction20150331",
        "DeleteFunction": "DeleteFunction20150331",
        "GetFunction": "GetFunction20150331v2",
        "GetFunctionConfiguration": "GetFunctionConfiguration20150331v2",
        "GetPolicy": "GetPolicy20150331v2",
        "ListFunctions": "ListFunctions20150331",
        "PublishVersion": "PublishVersion20150331",
        "UpdateFunctionCode": "UpdateFunctionCode20150331v2",
        "UpdateFunctionConfiguration": "UpdateFunctionConfiguration20150331v2",
    },
}
"""Service → operation → name of the event, where it is another."""

DATA: Mapping[str, re.Pattern[str]] = {
    "s3": re.compile(
        r".*(Object|Multipart|UploadPart|Parts$)(?!LockConfiguration)|ListObject.*|CreateSession"
    ),
    "dynamodb": re.compile(r".*Items?$|Query|Scan|TransactWriteItems|.*Statement|.*Transaction"),
    "lambda": re.compile(r"Invoke.*"),
    "sqs": re.compile(r"(Send|Receive|Delete)Message.*|ChangeMessageVisibility.*"),
    "sns": re.compile(r"Publish.*"),
    "kinesis": re.compile(r"PutRecords?|GetRecords|GetShardIterator|SubscribeToShard"),
    "firehose": re.compile(r"PutRecord.*"),
    "events": re.compile(r"PutEvents"),
    "logs": re.compile(r"PutLogEvents|FilterLogEvents|GetLogEvents"),
    "cloudwatch": re.compile(r"PutMetricData|GetMetricData|GetMetricStatistics"),
    "xray": re.compile(r"Put.*"),
}
"""Calls on what is in a resource: data events, which a trail has only when it asks for them."""

READS = re.compile(
    r"(Get|List|Describe|Head|Lookup|Search|Query|Scan|BatchGet|BatchDescribe|View|Check|Validate"
    r"|Simulate|Preview|Test|Estimate|Discover|Decrypt|GenerateDataKey|Verify|AssumeRole)"
)
"""How names of calls begin that change nothing; AssumeRole is one, CloudTrail says."""


def source(service: str, prefix: str) -> str:
    """The event source."""
    name = SOURCES.get(service) or (prefix if service in ("", prefix) else service)
    return f"{name}.amazonaws.com"


def event(service: str, operation: str) -> str:
    """The name of the event."""
    return EVENTS.get(service, {}).get(operation, operation)


def is_data(service: str, operation: str) -> bool:
    """Whether it is a data event."""
    pattern = DATA.get(service)
    return bool(pattern and pattern.fullmatch(operation))


def reads(operation: str) -> bool:
    """Whether the call changes nothing."""
    return bool(READS.match(operation))
