"""Whether a service may use a key in the caller's name, and put an object into a bucket.

Source: CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail" and "Configure AWS KMS key
policies for CloudTrail"; AWS Config Developer Guide, "Permissions for the Amazon S3 Bucket for the
AWS Config Delivery Channel"; CloudWatch Logs User Guide, "Logs sent to Amazon S3".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.s3.models import s3_backends

from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.decision import Caller, lets_in, trust
from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.judge import verdict
from orchestrator.sandbox.policy import Effect, Question
from orchestrator.sandbox.resource_policies import existing, find_key
from orchestrator.sandbox.service_access import acting, refusal, says

Members = Mapping[str, Any]
READS, WRITES = ("kms:Decrypt",), ("kms:GenerateDataKey",)
BOTH = (*WRITES, *READS)


@dataclass(frozen=True, slots=True)
class Use:
    """`key` is the ARN of a key or alias, `region` that of the resource, whose service `via` is.

    `keys` are the condition keys of the encryption context.
    """

    key: str
    actions: tuple[str, ...]
    via: str
    region: str
    keys: Context = field(default_factory=dict)


Uses = Callable[[Call, Members, str], Iterator[Use]]
"""The call, its members and the caller's account → what is asked, in that order."""


AWS_MANAGED = "alias/aws/"
"""How the aliases begin that AWS's services make; nobody else may."""


def key_arn(key_id: str, account_id: str, region: str) -> str:
    """The ARN of a key or alias that a resource of an account and region names in short."""
    if key_id.startswith("arn:"):
        return key_id
    kind = "" if key_id.startswith("alias/") else "key/"
    return f"arn:aws:kms:{region}:{account_id}:{kind}{key_id}"


def key_refusal(arn: str, actions: Iterable[str], principal: str, via: str, keys: Context) -> str:
    """Why `principal`, a service's name or a role's ARN, cannot use the key; '' when it can.

    `via` is the service that asks KMS ('sqs.eu-west-1.amazonaws.com'); `keys` are the condition
    keys of the call it does so for. The key has to be enabled, whoever asks.
    """
    _, _, _, region, account_id, resource = arn.split(":", 5)
    backend = existing("kms", account_id, region)
    key = find_key(backend, resource) if backend is not None else None
    if key is None:
        if resource.startswith(AWS_MANAGED):
            return _managed(arn, account_id, principal)
        return f"there is no key {arn}"
    if key.key_state != "Enabled" or not key.enabled:
        return f"the key {arn} is {key.key_state if key.enabled else 'Disabled'}"
    if any(alias.startswith(AWS_MANAGED) for alias in key.aliases):
        return _managed(arn, account_id, principal)
    said = {**keys, "kms:viaservice": [via], "kms:calleraccount": [_caller(principal, keys)]}
    for action in actions:
        if not _admits(key, principal, Question(action, str(key.arn), said)):
            return f"the policy of the key {key.arn} does not let {principal} {action}"
    return ""


def _managed(arn: str, account_id: str, principal: str) -> str:
    """A key of AWS's own admits whoever may use the service in the account, but no service.

    Source: AWS KMS Developer Guide, "AWS managed keys": their policies cannot be changed.
    """
    if principal.startswith("arn:") and principal.split(":")[4] == account_id:
        return ""
    return f"{arn} is a key of AWS's own, whose policy lets in neither services nor other accounts"


def _caller(principal: str, keys: Context) -> str:
    if principal.startswith("arn:"):
        return principal.split(":")[4]
    return next(iter(keys.get("aws:sourceaccount", ())), "")


def _admits(key: Any, principal: str, question: Question) -> bool:
    if _granted(key, principal, question.action):
        return True
    if not principal.startswith("arn:"):
        return says(str(key.policy), principal, question) is Effect.ALLOW
    role = acting(principal)
    about_role = {"aws:principalarn": [principal], "aws:principalaccount": [role.account_id]}
    asked = Question(question.action, question.resource, {**question.context, **about_role})
    how = trust(str(key.policy), Caller(role), asked)
    same = role.account_id == key.account_id
    return lets_in(how, verdict(role, asked), same_account=same)


def _granted(key: Any, principal: str, action: str) -> bool:
    """A grant's constraints, on the encryption context, are taken for met."""
    operation = action.partition(":")[2]
    return any(
        grant.grantee_principal == principal and operation in grant.operations
        for grant in list(key.grants.values())
    )


PREFIX = "arn:aws:s3:::"
OWNED = {"s3:x-amz-acl": ["bucket-owner-full-control"]}
"""What every service that writes for other accounts sends along."""

CHECKS: Mapping[str, tuple[str, ...]] = {
    "cloudtrail.amazonaws.com": ("s3:GetBucketAcl",),
    "config.amazonaws.com": ("s3:GetBucketAcl", "s3:ListBucket"),
    "delivery.logs.amazonaws.com": ("s3:GetBucketAcl",),
}
"""What a service asks of the bucket itself before it writes."""

NOT_TOLD = "aws:sourceorgid"
"""Not said to be part of such a check, nor of what S3 asks KMS for a service, in any document."""


def bucket_named(name: str) -> Any:
    """moto's bucket, whoever has it; None when nobody has."""
    partition, owner = s3_backends.bucket_accounts.get(name, ("aws", ""))
    return s3_backends[owner][partition].buckets.get(name) if owner else None


def write_refusal(service: str, bucket: str, key: str, keys: Context, kms_key: str = "") -> str:
    """Why `service` cannot put the object `key` into `bucket`; '' when it can.

    `keys` are those of `on_behalf`. The key is `kms_key`, an ARN, or the bucket's own default.
    """
    if bucket not in s3_backends.bucket_accounts:
        return f"there is no bucket {bucket}"
    arn = f"{PREFIX}{bucket}"
    known = {name: value for name, value in keys.items() if name != NOT_TOLD}
    for action in CHECKS.get(service, ()):
        if problem := refusal(service, action, arn, known):
            return problem
    problem = refusal(service, "s3:PutObject", f"{arn}/{key}", {**keys, **OWNED})
    return problem or _locked(service, bucket, known, kms_key)


def _locked(service: str, bucket: str, keys: Context, kms_key: str) -> str:
    found = bucket_named(bucket)
    wanted = kms_key or default_key(found)
    if not wanted:
        return ""
    arn = key_arn(wanted, found.account_id, found.region_name)
    via = f"s3.{found.region_name}.amazonaws.com"
    asked = {**keys, **_encryption(service, keys)}
    return key_refusal(arn, ("kms:GenerateDataKey", "kms:Decrypt"), service, via, asked)


def _encryption(service: str, keys: Context) -> Context:
    """CloudTrail binds what it encrypts to its trail."""
    if service != "cloudtrail.amazonaws.com":
        return {}
    return {"kms:encryptioncontext:aws:cloudtrail:arn": keys.get("aws:sourcearn", [])}


def default_key(bucket: Any) -> str:
    """The KMS key that a bucket encrypts with when nobody names one; '' for S3's own keys."""
    said = bucket.encryption or {}
    rules = said.get("Rule") or said.get("Rules") or []
    listed = rules if isinstance(rules, list) else [rules]
    found = [rule.get("ApplyServerSideEncryptionByDefault") or {} for rule in listed]
    keys = [str(each.get("KMSMasterKeyID") or "alias/aws/s3") for each in found if _is_kms(each)]
    return keys[0] if keys else ""


def _is_kms(default: Mapping[str, Any]) -> bool:
    return str(default.get("SSEAlgorithm", "")).startswith("aws:kms")
