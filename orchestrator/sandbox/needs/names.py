"""The IAM action of a call.

For most calls the action is the operation's name; for many others the reference says which
operation an action is documented by. The rest is here.
Source: Service Authorization Reference; of S3: Amazon S3 User Guide, "Required permissions for
Amazon S3 API operations".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from moto.core.utils import get_service_model

from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.needs import reference

S3: Mapping[str, str] = {
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "HeadObject": "GetObject",
    "CopyObject": "PutObject",
    "SelectObjectContent": "GetObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "DeleteObjects": "DeleteObject",
    "ListObjectVersions": "ListBucketVersions",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListParts": "ListMultipartUploadParts",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketTagging": "PutBucketTagging",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    **{
        f"{verb}Bucket{kind}Configuration": f"{right}{kind}Configuration"
        for kind in ("Analytics", "IntelligentTiering", "Inventory", "Metrics")
        for verb, right in (("Get", "Get"), ("Put", "Put"), ("Delete", "Put"))
    },
    **{
        f"ListBucket{kind}Configurations": f"Get{kind}Configuration"
        for kind in ("Analytics", "IntelligentTiering", "Inventory", "Metrics")
    },
}
S3_CONTROL: Mapping[str, str] = {
    "GetPublicAccessBlock": "GetAccountPublicAccessBlock",
    "PutPublicAccessBlock": "PutAccountPublicAccessBlock",
    "DeletePublicAccessBlock": "PutAccountPublicAccessBlock",
}
IRREGULAR: Mapping[str, Mapping[str, str]] = {
    "s3": S3,
    "s3control": S3_CONTROL,
    "lambda": {"Invoke": "InvokeFunction", "InvokeWithResponseStream": "InvokeFunction"},
    "sns": {"PublishBatch": "Publish"},
    "sqs": {
        f"{name}Batch": name for name in ("ChangeMessageVisibility", "DeleteMessage", "SendMessage")
    },
    "opensearch": {
        f"{verb}Direct{rest}": f"{verb}{rest}"
        for verb in ("Add", "Delete", "Get", "List", "Update")
        for rest in ("QueryDataSource",)
    },
}
VERBS = frozenset({"apigateway", "apigatewayv2"})
"""Services whose actions are the methods of HTTP."""

VERSIONED = frozenset(
    {
        *("GetObject", "DeleteObject", "GetObjectTagging", "PutObjectTagging"),
        *("DeleteObjectTagging", "GetObjectAcl", "PutObjectAcl", "GetObjectAttributes"),
    }
)
"""S3's actions that have another name for one version of an object."""


def action(call: Call, members: Mapping[str, object]) -> str:
    """'s3:ListBucket' for HeadBucket."""
    name = _name(call.service, call.prefix, call.operation)
    if call.service == "s3" and name in VERSIONED and members.get("VersionId"):
        name = name.replace("Object", "ObjectVersion", 1)
    return f"{call.prefix}:{name}"


def actions(call: Call, members: Mapping[str, Any]) -> tuple[str, ...]:
    """More than one for a transaction, which is allowed by what it is made of.

    Source: Amazon DynamoDB Developer Guide, "Using IAM with DynamoDB transactions".
    """
    if call.operation not in ("TransactWriteItems", "TransactGetItems"):
        return (action(call, members),)
    kinds = [kind for item in members.get("TransactItems") or () for kind in item]
    names = ("ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item" for kind in kinds)
    return tuple(dict.fromkeys(f"{call.prefix}:{name}" for name in names))


@cache
def _name(service: str, prefix: str, operation: str) -> str:
    if service in VERBS:
        return str(get_service_model(service).operation_model(operation).http["method"])
    if name := IRREGULAR.get(service, {}).get(operation):
        return name
    published = reference.service(prefix)
    known = published.actions.get(operation.lower())
    if known:
        return known.name.partition(":")[2]
    return next(iter(published.documented.get(operation.lower(), ())), operation)
