"""What S3 does not take: names, ACLs, ownership, lifecycles, notifications and keys of buckets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from moto.s3control.models import s3control_backends

from orchestrator.sandbox.data_access import bucket_named
from orchestrator.sandbox.handover import refused
from orchestrator.sandbox.refusals import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules.documents import bucket_policy, is_public
from orchestrator.sandbox.service_access import on_behalf

SLOW = frozenset({"STANDARD_IA", "ONEZONE_IA"})
LEAST_DAYS = 30
MOST_RULES = 1000
Rule = dict[str, Any]


def lifecycle(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 User Guide, "Transitioning objects" and "Lifecycle elements"."""
    rules = (asked.params.get("LifecycleConfiguration") or {}).get("Rules") or []
    names = [rule["ID"] for rule in rules if rule.get("ID")]
    if len(rules) > MOST_RULES:
        yield Refused("InvalidRequest", "Number of lifecycle rules must not exceed 1000")
    if len(set(names)) < len(names):
        yield Refused("InvalidArgument", "Rule ID must be unique. Found same ID for two rules")
    for rule in rules:
        if len(rule.get("ID") or "") > 255:
            yield Refused("InvalidArgument", "ID length should not exceed allowed limit of 255")
        for wrong in (*_days(rule), *_order(rule)):
            yield Refused("InvalidArgument", wrong)


def _days(rule: Rule) -> Iterator[str]:
    for name, key in (("Expiration", "Days"), ("NoncurrentVersionExpiration", "NoncurrentDays")):
        days = (rule.get(name) or {}).get(key)
        if days is not None and days < 1:
            yield f"'{key}' for {name} action must be a positive integer"
    abort = (rule.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation")
    if abort is not None and abort < 1:
        yield "'DaysAfterInitiation' must be a positive integer"
    for transition in rule.get("Transitions") or []:
        days = transition.get("Days")
        if days is not None and transition.get("StorageClass") in SLOW and days < LEAST_DAYS:
            yield (
                f"'Days' in Transition action must be greater than or equal to {LEAST_DAYS} for "
                f"storageClass '{transition['StorageClass']}'"
            )


def _order(rule: Rule) -> Iterator[str]:
    ends = (rule.get("Expiration") or {}).get("Days")
    moves = [t["Days"] for t in rule.get("Transitions") or [] if t.get("Days") is not None]
    if ends is not None and moves and ends <= max(moves):
        yield "'Days' in the Expiration action must be greater than 'Days' in the Transition action"
    kept = (rule.get("NoncurrentVersionExpiration") or {}).get("NoncurrentDays")
    older = [t.get("NoncurrentDays") for t in rule.get("NoncurrentVersionTransitions") or []]
    if kept is not None and any(days is not None and kept <= days for days in older):
        yield (
            "'NoncurrentDays' in the NoncurrentVersionExpiration action must be greater than "
            "'NoncurrentDays' in the NoncurrentVersionTransition action"
        )


KINDS = {
    "QueueConfigurations": "QueueArn",
    "TopicConfigurations": "TopicArn",
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
}
SERVICE = "s3.amazonaws.com"


def notified_targets(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 User Guide, "Granting permissions to publish event notifications"."""
    if asked.params.get("SkipDestinationValidation"):
        return
    configuration = asked.params.get("NotificationConfiguration") or {}
    keys = on_behalf(SERVICE, f"arn:aws:s3:::{asked.text('Bucket')}", asked.account_id)
    for kind, name in KINDS.items():
        for one in configuration.get(kind) or []:
            if refused(SERVICE, one[name], keys):
                text = "Unable to validate the following destination configurations"
                yield Refused("InvalidArgument", text)


NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
ENFORCED = "BucketOwnerEnforced"
PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})
EVERYONE = "http://acs.amazonaws.com/groups/global/"
ALLOWED_ACL = "bucket-owner-full-control"
GRANTS = ("GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")


def name_of_bucket(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 User Guide, "General purpose bucket naming rules"."""
    name = asked.text("Bucket")
    taken = name.startswith(PREFIXES[:2]) or name.endswith(SUFFIXES)
    if not NAME.fullmatch(name) or ".." in name or taken or _is_address(name):
        yield Refused("InvalidBucketName", "The specified bucket is not valid.")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def acl_of_new_bucket(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 User Guide, "Controlling ownership of objects", "Creating a bucket"."""
    ownership = asked.text("ObjectOwnership") or ENFORCED
    given = [name for name in ("ACL", *GRANTS) if asked.params.get(name)]
    if ownership == ENFORCED and given and asked.text("ACL") not in ("", "private"):
        text = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
        yield Refused("InvalidBucketAclWithObjectOwnership", text)
    if asked.text("ACL") in PUBLIC_ACLS:
        yield Refused("InvalidBucketAclWithBlockPublicAccessError", BLOCKED)


BLOCKED = "Bucket cannot have public ACLs set with BlockPublicAccess enabled"


def acl_of_bucket(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 API Reference, PutBucketAcl; User Guide, "Blocking public access"."""
    if _ownership(bucket := bucket_of(asked)) == ENFORCED:
        yield Refused("AccessControlListNotSupported", "The bucket does not allow ACLs")
    if _public_acl(asked.params) and blocks(bucket, "block_public_acls"):
        yield Refused("AccessDenied", "Access Denied", 403)


def acl_of_object(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 User Guide, "Disabling ACLs": bucket-owner-full-control alone is taken."""
    bucket = bucket_of(asked)
    given = asked.text("ACL") or any(asked.params.get(name) for name in GRANTS)
    if bucket and given and asked.text("ACL") != ALLOWED_ACL and _ownership(bucket) == ENFORCED:
        yield Refused("AccessControlListNotSupported", "The bucket does not allow ACLs")
    if bucket and _public_acl(asked.params) and blocks(bucket, "block_public_acls"):
        yield Refused("AccessDenied", "Access Denied", 403)


def ownership_with_acl(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 User Guide, "Setting Object Ownership on an existing bucket"."""
    rules = asked.params.get("OwnershipControls", {}).get("Rules", [])
    if len(rules) != 1:
        yield Refused("MalformedXML", "The XML you provided was not well-formed")
    bucket = bucket_of(asked)
    enforced = rules and rules[0].get("ObjectOwnership") == ENFORCED
    if enforced and bucket is not None and _shared(bucket.acl):
        text = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
        yield Refused("InvalidBucketAclWithObjectOwnership", text)


def _shared(acl: Any) -> bool:
    uris = [grantee.uri for grant in (acl.grants if acl else ()) for grantee in grant.grantees]
    return any(uris)


def public_policy(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 User Guide, "Blocking public access", BlockPublicPolicy."""
    policy = asked.params.get("Policy", "")
    if is_public(json.loads(policy)) and blocks(bucket_of(asked), "block_public_policy"):
        text = "User is not authorized to perform: s3:PutBucketPolicy because public policies are"
        text += " blocked by the BlockPublicPolicy block public access setting."
        yield Refused("AccessDenied", text, 403)


def algorithm(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 API Reference, ServerSideEncryptionByDefault: a key with aws:kms only."""
    rules = asked.params.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    for rule in rules:
        default = rule.get("ApplyServerSideEncryptionByDefault") or {}
        if default.get("KMSMasterKeyID") and default.get("SSEAlgorithm") == "AES256":
            text = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms"
            yield Refused("InvalidArgument", text)


def bucket_of(asked: Asked) -> Any:
    """moto's bucket, whoever has it; None when nobody has."""
    return bucket_named(asked.text("Bucket"))


def blocks(bucket: Any, setting: str) -> bool:
    """Whether the bucket's setting, or its account's, is on. moto keeps texts or booleans."""
    if bucket is None:
        return False
    account = s3control_backends[bucket.account_id]["aws"].public_access_block
    for block in (bucket.public_access_block, account):
        if block is not None and str(getattr(block, setting)).lower() == "true":
            return True
    return False


def _ownership(bucket: Any) -> str:
    return ENFORCED if bucket is None else str(bucket.ownership_rule or "ObjectWriter")


def _public_acl(params: Mapping[str, Any]) -> bool:
    if params.get("ACL") in PUBLIC_ACLS:
        return True
    grants = (params.get("AccessControlPolicy") or {}).get("Grants") or []
    uris = [(grant.get("Grantee") or {}).get("URI") or "" for grant in grants]
    headers = [str(params.get(name) or "") for name in GRANTS]
    return any(uri.startswith(EVERYONE) for uri in uris) or any(EVERYONE in h for h in headers)


RULES: Rules = {
    "CreateBucket": (name_of_bucket, acl_of_new_bucket),
    "PutBucketAcl": (acl_of_bucket,),
    "PutObjectAcl": (acl_of_object,),
    "PutObject": (acl_of_object,),
    "CopyObject": (acl_of_object,),
    "CreateMultipartUpload": (acl_of_object,),
    "PutBucketOwnershipControls": (ownership_with_acl,),
    "PutBucketPolicy": (bucket_policy, public_policy),
    "PutBucketLifecycleConfiguration": (lifecycle,),
    "PutBucketNotificationConfiguration": (notified_targets,),
    "PutBucketEncryption": (algorithm,),
}
