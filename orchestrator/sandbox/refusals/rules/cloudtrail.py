"""AWS CloudTrail: the bucket and the key must let it write, and five trails are enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends

from orchestrator.sandbox.key_access import key_arn, key_refusal
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.refusals.refused import Asked, Refused, Rules
from orchestrator.sandbox.resource_policies import bucket_owner
from orchestrator.sandbox.service_access import on_behalf, refusal

SERVICE = "cloudtrail.amazonaws.com"
MOST_TRAILS = 5


def quota(asked: Asked) -> Iterator[Refused]:
    """Source: AWS CloudTrail User Guide, "Quotas in AWS CloudTrail": 5 trails a region."""
    trails = cloudtrail_backends[asked.account_id][asked.region].trails
    if len(trails) >= MOST_TRAILS and asked.text("Name") not in trails:
        text = f"User: {asked.account_id} already has {MOST_TRAILS} trails in {asked.region}."
        yield Refused("MaximumNumberOfTrailsExceededException", text)


def bucket(asked: Asked) -> Iterator[Refused]:
    """Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail"."""
    name = asked.text("S3BucketName") or _trail(asked, "bucket_name")
    if not name or not bucket_owner(name):
        return
    prefix = asked.text("S3KeyPrefix") or _trail(asked, "s3_key_prefix")
    keys = _keys(asked)
    root = f"arn:aws:s3:::{name}"
    path = f"{root}/{prefix + '/' if prefix else ''}AWSLogs/"
    owners = [asked.account_id]
    if asked.params.get("IsOrganizationTrail"):
        organization = organization_of(asked.account_id)
        owners += [organization.id] if organization else []
    written = {**keys, "s3:x-amz-acl": ["bucket-owner-full-control"]}
    wanted = [("s3:GetBucketAcl", root, keys)]
    wanted += [("s3:PutObject", f"{path}{owner}/CloudTrail/x", written) for owner in owners]
    if any(refusal(SERVICE, action, arn, said) for action, arn, said in wanted):
        text = f"Incorrect S3 bucket policy is detected for bucket: {name}"
        yield Refused("InsufficientS3BucketPolicyException", text)


def key(asked: Asked) -> Iterator[Refused]:
    """Source: AWS CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail"."""
    key_id = asked.text("KmsKeyId")
    if not key_id:
        return
    arn = key_arn(key_id, asked.account_id, asked.region)
    keys = _keys(asked)
    context = f"arn:aws:cloudtrail:{asked.region}:{asked.account_id}:trail/{_name(asked)}"
    keys["kms:encryptioncontext:aws:cloudtrail:arn"] = [context]
    via = f"cloudtrail.{asked.region}.amazonaws.com"
    why = key_refusal(arn, ("kms:GenerateDataKey",), SERVICE, via, keys)
    if why.startswith("there is no key"):
        yield Refused("KmsKeyNotFoundException", f"KMS key {arn} does not exist")
    elif why:
        text = "Insufficient permissions to access S3 bucket or KMS key: " + arn
        yield Refused("InsufficientEncryptionPolicyException", text)


def log_group(asked: Asked) -> Iterator[Refused]:
    """Source: AWS CloudTrail API Reference, CreateTrail: group and role go together."""
    group, role = asked.text("CloudWatchLogsLogGroupArn"), asked.text("CloudWatchLogsRoleArn")
    if group and not role:
        yield Refused("InvalidCloudWatchLogsRoleArnException", "You must specify a role ARN.")
    if role and not group:
        text = "You must specify a log group ARN."
        yield Refused("InvalidCloudWatchLogsLogGroupArnException", text)


def _keys(asked: Asked) -> dict[str, Any]:
    arn = f"arn:aws:cloudtrail:{asked.region}:{asked.account_id}:trail/{_name(asked)}"
    return dict(on_behalf(SERVICE, arn, asked.account_id))


def _name(asked: Asked) -> str:
    return asked.text("Name").rpartition("/")[2]


def _trail(asked: Asked, attribute: str) -> str:
    found = cloudtrail_backends[asked.account_id][asked.region].trails.get(_name(asked))
    return str(getattr(found, attribute, "") or "") if found else ""


RULES: Rules = {
    "CreateTrail": (quota, bucket, key, log_group),
    "UpdateTrail": (bucket, key, log_group),
}
