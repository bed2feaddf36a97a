"""The IAM action and resource of a call.

For most services the action is the operation's name. Resources are known where an ARN follows
from the parameters; elsewhere a policy is asked about the action alone.
Source: Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orchestrator.sandbox.exchange import Call

S3_ACTIONS: Mapping[str, str] = {
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListParts": "ListMultipartUploadParts",
    "HeadObject": "GetObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "DeleteObjects": "DeleteObject",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
    "PutBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "PutBucketCors": "PutBucketCORS",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketTagging": "PutBucketTagging",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "PutBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
}
S3_CONTROL_ACTIONS: Mapping[str, str] = {
    "GetPublicAccessBlock": "GetAccountPublicAccessBlock",
    "PutPublicAccessBlock": "PutAccountPublicAccessBlock",
    "DeletePublicAccessBlock": "PutAccountPublicAccessBlock",
}
LAMBDA_ACTIONS: Mapping[str, str] = {"Invoke": "InvokeFunction", "InvokeAsync": "InvokeFunction"}
IRREGULAR: Mapping[str, Mapping[str, str]] = {
    "s3": S3_ACTIONS,
    "s3control": S3_CONTROL_ACTIONS,
    "lambda": LAMBDA_ACTIONS,
}

Parameters = Mapping[str, object]


def action(call: Call, parameters: Parameters) -> str:
    """'s3:ListBucket' for HeadBucket."""
    name = IRREGULAR.get(call.service, {}).get(call.operation, call.operation)
    versioned = call.service == "s3" and "versionId" in parameters
    if versioned and name in ("GetObject", "DeleteObject", "GetObjectTagging", "GetObjectAcl"):
        name = name.replace("Object", "ObjectVersion", 1)
    return f"{call.prefix}:{name}"


def resource(call: Call, parameters: Parameters, account_id: str) -> str | None:
    """The ARN a call is about, None where it does not follow from its parameters."""
    named = RESOURCES.get(call.service)
    found = named(call, parameters, account_id) if named else None
    return found or _given(parameters)


def _given(parameters: Parameters) -> str | None:
    """The one ARN among the parameters that names the resource itself."""
    keys = ("ResourceArn", "resourceArn", "TopicArn", "SecretId", "KeyId", "TargetArn")
    given = (parameters.get(key) for key in keys)
    return next((g for g in given if isinstance(g, str) and g.startswith("arn:")), None)


def _s3(_: Call, parameters: Parameters, __: str) -> str | None:
    bucket, key = parameters.get("Bucket"), parameters.get("Key")
    if not bucket:
        return None
    return f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"


def _sts(_: Call, parameters: Parameters, __: str) -> str | None:
    role = parameters.get("RoleArn")
    return str(role) if role else None


IAM_NAMES = {
    "RoleName": "role",
    "UserName": "user",
    "GroupName": "group",
    "InstanceProfileName": "instance-profile",
    "PolicyName": "policy",
}
IAM_PLAIN = ("PolicyArn", "SAMLProviderArn", "OpenIDConnectProviderArn")


def _iam(call: Call, parameters: Parameters, account_id: str) -> str | None:
    if call.operation == "CreateServiceLinkedRole":
        service = parameters.get("AWSServiceName")
        return f"arn:aws:iam::{account_id}:role/aws-service-role/{service}/*"
    for key, kind in IAM_NAMES.items():
        if key in parameters:
            path = str(parameters.get("Path", "/"))
            return f"arn:aws:iam::{account_id}:{kind}{path}{parameters[key]}"
    return next((str(parameters[key]) for key in IAM_PLAIN if key in parameters), None)


def _kms(call: Call, parameters: Parameters, account_id: str) -> str | None:
    key = str(parameters.get("KeyId", ""))
    if not key or key.startswith("arn:"):
        return key or None
    kind = "" if key.startswith("alias/") else "key/"
    return f"arn:aws:kms:{call.region}:{account_id}:{kind}{key}"


RESOURCES: Mapping[str, Callable[[Call, Parameters, str], str | None]] = {
    "s3": _s3,
    "sts": _sts,
    "iam": _iam,
    "kms": _kms,
}
