"""S3.

Source: AWS Security Hub User Guide, "Security Hub controls for Amazon S3"; AWS Config Developer
Guide, the managed rule that each names.
"""

from __future__ import annotations

import fnmatch
from typing import Any

from orchestrator.sandbox.checks import answers
from orchestrator.sandbox.checks.answers import Reader, dig
from orchestrator.sandbox.checks.rule import GLOBAL_ACCOUNT, Parameters, Rule, Rules, Subject

ALL_FOUR = "BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"
GROUPS = tuple(
    f"http://acs.amazonaws.com/groups/global/{name}" for name in ("AllUsers", "AuthenticatedUsers")
)
NO_BLOCK = ("NoSuchPublicAccessBlockConfiguration",)
SENSITIVE = (
    *("s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPolicy"),
    *("s3:PutEncryptionConfiguration", "s3:PutObjectAcl"),
)


def buckets(reader: Reader) -> list[str]:
    """Those of the region: a bucket is judged where it is."""
    names = [bucket["Name"] for bucket in reader.all("s3", "list_buckets", "Buckets")]
    return [name for name in names if _region(name, reader) == reader.scope.region]


def _region(name: str, reader: Reader) -> str:
    where = reader.get("s3", "get_bucket_location", "LocationConstraint", Bucket=name)
    return str({None: "us-east-1", "EU": "eu-west-1"}.get(where, where))


def bucket_arn(name: str, reader: Reader) -> str:
    return reader.arn("s3", name, account=False, region=False)


BUCKET = Subject("AwsS3Bucket", buckets, bucket_arn)


def blocks(name: str, reader: Reader) -> Any:
    """The bucket's block of public access, joined with the account's: the stricter counts."""
    own = bucket_block(name, reader)
    account = account_block(reader)
    return {key: own.get(key) or account.get(key) for key in ALL_FOUR}


def bucket_block(name: str, reader: Reader) -> Any:
    return (
        reader.get(
            *("s3", "get_public_access_block", "PublicAccessBlockConfiguration"),
            absent=NO_BLOCK,
            Bucket=name,
        )
        or {}
    )


def account_block(reader: Reader) -> Any:
    return (
        reader.get(
            *("s3control", "get_public_access_block", "PublicAccessBlockConfiguration"),
            absent=NO_BLOCK,
            AccountId=reader.scope.account,
        )
        or {}
    )


def bucket_policy(name: str, reader: Reader) -> str | None:
    policy: str | None = reader.get(
        "s3", "get_bucket_policy", "Policy", absent=("NoSuchBucketPolicy",), Bucket=name
    )
    return policy


def public_by(name: str, reader: Reader, permissions: tuple[str, ...], verbs: str) -> str:
    """Whether its list or its policy allows the public, and the block of public access does not.

    Source: AWS Config Developer Guide, s3-bucket-public-read-prohibited and
    s3-bucket-public-write-prohibited: block, policy and access control list are looked at.
    """
    block = blocks(name, reader)
    if not block["IgnorePublicAcls"]:
        for grant in reader.all("s3", "get_bucket_acl", "Grants", Bucket=name):
            if dig(grant, "Grantee", "URI") in GROUPS and grant["Permission"] in permissions:
                return f"its access control list grants the public {grant['Permission']}"
    if block["RestrictPublicBuckets"]:
        return ""
    for statement in answers.statements(bucket_policy(name, reader)):
        if answers.everyone(statement) and _does(statement, verbs):
            return "its policy allows the public"
    return ""


def _does(statement: Any, verbs: str) -> bool:
    """Whether an action of the statement may be of these kinds: 'Get List'."""
    named = [each.lower().removeprefix("s3:") for each in answers.actions(statement)]
    starts = [verb.lower() for verb in verbs.split()]
    return any(
        name.startswith(start) or ("*" in name and start.startswith(name.split("*")[0]))
        for name in named
        for start in starts
    )


def _readable(name: str, reader: Reader, _: Parameters) -> str:
    return public_by(name, reader, ("READ", "FULL_CONTROL"), "Get List")


def _writable(name: str, reader: Reader, _: Parameters) -> str:
    return public_by(name, reader, ("WRITE", "FULL_CONTROL"), "Put Delete Create Abort Restore")


def _account(_: Any, reader: Reader, __: Parameters) -> str:
    block = account_block(reader)
    return "" if all(block.get(key) for key in ALL_FOUR) else "the account's block is not complete"


def _blocked(name: str, reader: Reader, _: Parameters) -> str:
    """The bucket's own; the account's does not make it pass."""
    block = bucket_block(name, reader)
    return "" if all(block.get(key) for key in ALL_FOUR) else "the bucket's block is not complete"


def _algorithms(name: str, reader: Reader) -> list[str]:
    rules = (
        reader.get(
            *("s3", "get_bucket_encryption", "ServerSideEncryptionConfiguration", "Rules"),
            absent=("ServerSideEncryptionConfigurationNotFoundError",),
            Bucket=name,
        )
        or []
    )
    return [dig(rule, "ApplyServerSideEncryptionByDefault", "SSEAlgorithm") for rule in rules]


def _encrypted(name: str, reader: Reader, _: Parameters) -> str:
    found = set(_algorithms(name, reader)) & {"AES256", "aws:kms", "aws:kms:dsse"}
    return "" if found else "has no default encryption"


def _with_key(name: str, reader: Reader, _: Parameters) -> str:
    """Source: Config rule s3-default-encryption-kms."""
    found = set(_algorithms(name, reader)) & {"aws:kms", "aws:kms:dsse"}
    return "" if found else "is not encrypted with a KMS key by default"


def _tls_only(name: str, reader: Reader, _: Parameters) -> str:
    """Source: s3-bucket-ssl-requests-only: a deny of all actions for everybody without TLS."""
    arn = bucket_arn(name, reader)
    for statement in answers.statements(bucket_policy(name, reader)):
        condition = statement.get("Condition", {}).get("Bool", {})
        values = {
            str(v).lower() for k, v in condition.items() if k.lower() == "aws:securetransport"
        }
        principal = statement.get("Principal")
        covered = set(answers.listed(statement.get("Resource")))
        if (
            statement.get("Effect") == "Deny"
            and principal in ("*", {"AWS": "*"}, {"AWS": ["*"]})
            and {"s3:*", "*"} & set(answers.actions(statement))
            and (covered & {"*", f"{arn}*"} or {arn, f"{arn}/*"} <= covered)
            and values == {"false"}
        ):
            return ""
    return "its policy does not deny requests without TLS"


def _foreign(name: str, reader: Reader, parameters: Parameters) -> str:
    """Source: s3-bucket-blacklisted-actions-prohibited: principals of other accounts.

    An allow counts unless the same actions are denied to those principals.
    """
    listed = parameters.get("blacklistedactionpatterns") or SENSITIVE
    wanted = [str(w) for w in (listed.split(",") if isinstance(listed, str) else listed)]
    found = list(answers.statements(bucket_policy(name, reader)))
    for action in wanted:
        allowing = [s for s in found if s.get("Effect") == "Allow" and _names(s, action)]
        if any(_others(s, reader) for s in allowing) and not any(
            s.get("Effect") == "Deny" and _names(s, action) and _others(s, reader) for s in found
        ):
            return f"its policy allows another account {action}"
    return ""


def _names(statement: Any, action: str) -> bool:
    given = answers.actions(statement)
    return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in given)


def _others(statement: Any, reader: Reader) -> bool:
    """Whether somebody of another account is among its principals."""
    principal, own = statement.get("Principal"), reader.scope.account
    if principal is None:
        return bool(statement.get("NotPrincipal"))
    whom = principal.get("AWS") if isinstance(principal, dict) else principal
    return any(str(p) == "*" or own not in str(p) for p in answers.listed(whom))


def _logged(name: str, reader: Reader, _: Parameters) -> str:
    found = reader.get("s3", "get_bucket_logging", "LoggingEnabled", Bucket=name)
    return "" if found else "has no server access logging"


def _notifies(name: str, reader: Reader, parameters: Parameters) -> str:
    """Source: s3-event-notifications-enabled; eventTypes: any when not set."""
    found = reader.get("s3", "get_bucket_notification_configuration", Bucket=name) or {}
    kinds = ("TopicConfigurations", "QueueConfigurations", "LambdaFunctionConfigurations")
    events = {e for kind in kinds for each in found.get(kind, ()) for e in each["Events"]}
    wanted = set(parameters.get("eventTypes") or ())
    if found.get("EventBridgeConfiguration") is not None and not wanted:
        return ""
    if not events:
        return "notifies of no events"
    return f"does not notify of {sorted(wanted - events)}" if wanted - events else ""


def _without_lists(name: str, reader: Reader, _: Parameters) -> str:
    """Source: s3-bucket-acl-prohibited: object ownership is not enforced for the bucket's owner."""
    rules = (
        reader.get(
            *("s3", "get_bucket_ownership_controls", "OwnershipControls", "Rules"),
            absent=("OwnershipControlsNotFoundError",),
            Bucket=name,
        )
        or []
    )
    enforced = any(rule["ObjectOwnership"] == "BucketOwnerEnforced" for rule in rules)
    return "" if enforced else "access control lists count"


def _lifecycle(name: str, reader: Reader, parameters: Parameters) -> str:
    """Source: s3-lifecycle-policy-check; without parameters any enabled rule is enough."""
    rules = (
        reader.get(
            *("s3", "get_bucket_lifecycle_configuration", "Rules"),
            absent=("NoSuchLifecycleConfiguration",),
            Bucket=name,
        )
        or []
    )
    enabled = [rule for rule in rules if rule.get("Status") == "Enabled"]
    if any(_moves(rule, parameters) for rule in enabled):
        return ""
    return "has no enabled lifecycle rule as asked for" if enabled else "has no lifecycle rule"


def _moves(rule: Any, parameters: Parameters) -> bool:
    days = parameters.get("targetTransitionDays")
    storage = parameters.get("targetTransitionStorageClass")
    expiry = parameters.get("targetExpirationDays")
    prefix = parameters.get("targetPrefix")
    filtered = rule.get("Filter") or {}
    where = rule.get("Prefix") or filtered.get("Prefix") or dig(filtered, "And", "Prefix") or ""
    moved = [
        each
        for each in rule.get("Transitions", ())
        if (not days or each.get("Days") == days)
        and (not storage or each.get("StorageClass") in answers.listed(storage))
    ]
    return (
        (bool(moved) or not (days or storage))
        and (not expiry or dig(rule, "Expiration", "Days") == expiry)
        and (not prefix or where == prefix)
    )


def _versioned(name: str, reader: Reader, _: Parameters) -> str:
    status = reader.get("s3", "get_bucket_versioning", "Status", Bucket=name)
    return "" if status == "Enabled" else "is not versioned"


RULES: Rules = {
    "S3.1": (Rule("s3-account-level-public-access-blocks-periodic", GLOBAL_ACCOUNT, _account),),
    "S3.2": (Rule("s3-bucket-public-read-prohibited", BUCKET, _readable),),
    "S3.3": (Rule("s3-bucket-public-write-prohibited", BUCKET, _writable),),
    "S3.4": (Rule("s3-bucket-server-side-encryption-enabled", BUCKET, _encrypted),),
    "S3.5": (Rule("s3-bucket-ssl-requests-only", BUCKET, _tls_only),),
    "S3.6": (Rule("s3-bucket-blacklisted-actions-prohibited", BUCKET, _foreign),),
    "S3.8": (Rule("s3-bucket-level-public-access-prohibited", BUCKET, _blocked),),
    "S3.9": (Rule("s3-bucket-logging-enabled", BUCKET, _logged),),
    "S3.11": (Rule("s3-event-notifications-enabled", BUCKET, _notifies),),
    "S3.12": (Rule("s3-bucket-acl-prohibited", BUCKET, _without_lists),),
    "S3.13": (Rule("s3-lifecycle-policy-check", BUCKET, _lifecycle),),
    "S3.14": (Rule("s3-bucket-versioning-enabled", BUCKET, _versioned),),
    "S3.17": (Rule("s3-default-encryption-kms", BUCKET, _with_key),),
}
