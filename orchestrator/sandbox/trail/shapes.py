"""How CloudTrail calls services and calls, and which calls it does not write down by itself.

Source: AWS CloudTrail User Guide, supported services, logging data events; the CloudTrail pages of
the services' own guides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

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
    "apigatewayv2": "apigateway",
    "application-autoscaling": "autoscaling",
    "efs": "elasticfilesystem",
    "emr": "elasticmapreduce",
    "mq": "amazonmq",
    "codeguruprofiler": "codeguru-profiler",
    "sesv2": "ses",
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
        "TagResource": "TagResource20170331v2",
        "UntagResource": "UntagResource20170331v2",
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


HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
LARGEST = 100 * 1024
"""Bytes. Source: CloudTrail User Guide, record contents, requestParameters."""

SECRET = re.compile(r"secret|password|sessiontoken|authtoken|plaintext|privatekey", re.IGNORECASE)
HARMLESS = re.compile(
    r"secret(s?)(Id|Arn|Ids|sList|List|Name)?|.*[Pp]assword.*(Length|Policy|Age)"
    r"|.*[Pp]assword(ReusePrevention|LastUsed)|manageMasterUserPassword",
    re.IGNORECASE,
)
NAMED_SECRETS: Mapping[str, frozenset[str]] = {
    "ssm": frozenset({"value"}),
    "ec2": frozenset({"userData"}),
    "lambda": frozenset({"variables"}),
}
"""Service → names whose values CloudTrail hides though no model calls them sensitive."""

Json = dict[str, Any]
Name = Callable[[str, Any], str]


def small(name: str, _: Any = None) -> str:
    """DBInstanceIdentifier → dBInstanceIdentifier."""
    return name[:1].lower() + name[1:]


def located(name: str, shape: Any) -> str:
    """EC2's name: that of its XML, which its own model has; `return` becomes `_return`."""
    found = small(str(shape.serialization.get("name") or name))
    return "_return" if found == "return" else found


def as_xml(name: str, shape: Any) -> str:
    """S3's name: that of its XML or of its header."""
    flat = shape.type_name == "list" and shape.serialization.get("flattened")
    inner = shape.member.serialization.get("name") if flat else None
    return str(inner or shape.serialization.get("name") or name)


STYLES: Mapping[str, Name] = {"ec2": located, "s3": as_xml, "s3control": as_xml}


def written(service: str, shape: Any, value: Mapping[str, Any] | None) -> Json | None:
    """`value`, typed by `shape`, as CloudTrail writes it; None when there is nothing."""
    if not value or shape is None:
        return None
    found = _structure(service, shape, value)
    if len(text := json.dumps(found, default=str)) > LARGEST:
        return {"omitted": True, "originalSize": len(text), "reason": "too large"}
    return found or None


def _structure(service: str, shape: Any, value: Mapping[str, Any]) -> Json:
    style = STYLES.get(service, small)
    found: Json = {}
    for name, inner in value.items():
        member = shape.members.get(name)
        if member is None or inner is None or name == "ResponseMetadata":
            continue
        said = style(name, member)
        written_value = _value(service, member, inner, said)
        if written_value is not None:
            found[said] = written_value
    return found


def _value(service: str, shape: Any, value: Any, name: str) -> Any:  # noqa: PLR0911  # a line a type
    if shape.metadata.get("sensitive") or _is_secret(service, name):
        return HIDDEN
    match shape.type_name:
        case "structure":
            return _structure(service, shape, value)
        case "list":
            inner = [_value(service, shape.member, each, "") for each in value]
            if service in ("s3", "s3control") and len(inner) == 1:
                return inner[0]
            return {"items": inner} if service == "ec2" else inner
        case "map":
            return {
                key: _value(service, shape.value, each, str(key)) for key, each in value.items()
            }
        case "blob":
            return None
        case "timestamp":
            return f"{value:%b %d, %Y, %I:%M:%S %p}" if isinstance(value, datetime) else str(value)
    return value


def _is_secret(service: str, name: str) -> bool:
    if name in NAMED_SECRETS.get(service, ()):
        return True
    return bool(name and SECRET.search(name) and not HARMLESS.fullmatch(name))
