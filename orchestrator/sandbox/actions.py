"""The IAM action and resource of a call.

For most services the action is the operation's name. Resources are known where an ARN follows
from the parameters; elsewhere a policy is asked about the action alone.
Source: Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from moto.core.utils import get_service_model

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
SQS_ACTIONS: Mapping[str, str] = {
    f"{name}Batch": name for name in ("ChangeMessageVisibility", "DeleteMessage", "SendMessage")
}
IRREGULAR: Mapping[str, Mapping[str, str]] = {
    "s3": S3_ACTIONS,
    "s3control": S3_CONTROL_ACTIONS,
    "lambda": LAMBDA_ACTIONS,
    "sqs": SQS_ACTIONS,
}
VERBS = frozenset({"apigateway", "apigatewayv2"})
"""Services whose actions are the methods of HTTP."""

Parameters = Mapping[str, object]
Named = Callable[[Call, Parameters, str], str | None]
"""The ARN that a call's parameters, made in an account, are about."""


def action(call: Call, parameters: Parameters) -> str:
    """'s3:ListBucket' for HeadBucket."""
    if call.service in VERBS:
        model = get_service_model(call.service).operation_model(call.operation)
        return f"{call.prefix}:{model.http['method']}"
    name = IRREGULAR.get(call.service, {}).get(call.operation, call.operation)
    if name == "TransactWriteItems":
        name = _first_write(parameters)[0]
    versioned = call.service == "s3" and "versionId" in parameters
    if versioned and name in ("GetObject", "DeleteObject", "GetObjectTagging", "GetObjectAcl"):
        name = name.replace("Object", "ObjectVersion", 1)
    return f"{call.prefix}:{name}"


NOTHING: dict[str, object] = {}


def _first_write(parameters: Parameters) -> tuple[str, str]:
    """Action and table of a transaction, which is allowed by what it is made of.

    Source: Amazon DynamoDB Developer Guide, "Using IAM with DynamoDB transactions".
    """
    items = parameters.get("TransactItems")
    first: dict[str, dict[str, object]] = items[0] if isinstance(items, list) and items else {}
    kind, write = next(iter(first.items()), ("Update", NOTHING))
    action = "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
    return action, str(write.get("TableName", ""))


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


def _named(kind: str, *keys: str) -> Named:
    """For services whose parameters name a resource, by its name or already by its ARN."""

    def resource(call: Call, parameters: Parameters, account_id: str) -> str | None:
        found = next((parameters[key] for key in keys if parameters.get(key)), None)
        name = str(found[0] if isinstance(found, list) else found or "")
        if not name or name.startswith("arn:"):
            return name or None
        return f"arn:aws:{call.prefix}:{call.region}:{account_id}:{kind}{name}"

    return resource


_TABLE = _named("table/", "TableName")


def _dynamodb(call: Call, parameters: Parameters, account_id: str) -> str | None:
    if "TransactItems" in parameters:
        parameters = {"TableName": _first_write(parameters)[1]}
    return _TABLE(call, parameters, account_id)


def _sqs(call: Call, parameters: Parameters, account_id: str) -> str | None:
    """A queue's URL ends in account and name."""
    _, _, path = str(parameters.get("QueueUrl", "")).partition("://")
    owner, name = path.split("/")[-2:] if path.count("/") > 1 else ("", "")
    name = name or str(parameters.get("QueueName", ""))
    return f"arn:aws:sqs:{call.region}:{owner or account_id}:{name}" if name else None


def _ssm(call: Call, parameters: Parameters, account_id: str) -> str | None:
    """Only parameters: documents, instances and the rest are named in other ways."""
    tagged = parameters.get("ResourceType") == "Parameter"
    if not tagged and "Parameter" not in call.operation:
        return None
    name = str(parameters.get("Name") or parameters.get("ResourceId") or "").removeprefix("/")
    return f"arn:aws:ssm:{call.region}:{account_id}:parameter/{name}" if name else None


def _secret(call: Call, parameters: Parameters, account_id: str) -> str | None:
    """A secret's ARN ends in six characters that only AWS knows."""
    name = str(parameters.get("SecretId", ""))
    if not name or name.startswith("arn:"):
        return name or None
    return f"arn:aws:secretsmanager:{call.region}:{account_id}:secret:{name}-AbCdEf"


RESOURCES: Mapping[str, Named] = {
    "s3": _s3,
    "sts": _sts,
    "iam": _iam,
    "kms": _kms,
    "cloudwatch": _named("alarm:", "AlarmName", "AlarmNames"),
    "dynamodb": _dynamodb,
    "lambda": _named("function:", "FunctionName"),
    "logs": _named("log-group:", "logGroupName"),
    "secretsmanager": _secret,
    "sns": _named("", "Name"),
    "sqs": _sqs,
    "ssm": _ssm,
    "stepfunctions": _named("stateMachine:", "stateMachineArn", "executionArn", "name"),
}
