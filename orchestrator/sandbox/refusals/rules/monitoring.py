"""AWS CloudTrail, AWS Config, Amazon GuardDuty and AWS Security Hub.

A trail's bucket and key must let CloudTrail write, and five trails are enough. Config must be able
to be the role it records with; what it delivers to, its channel asks itself. GuardDuty has one
detector a region. Security Hub says how long, how many, and of which names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.guardduty.models import guardduty_backends

from orchestrator.sandbox.data_access import key_arn, key_refusal
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.refusals import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules.iam import trusts
from orchestrator.sandbox.resource_policies import bucket_owner
from orchestrator.sandbox.service_access import on_behalf, refusal
from orchestrator.sandbox.services.securityhub.part import NAMESPACES

CLOUDTRAIL_SERVICE = "cloudtrail.amazonaws.com"
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
    if any(refusal(CLOUDTRAIL_SERVICE, action, arn, said) for action, arn, said in wanted):
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
    why = key_refusal(arn, ("kms:GenerateDataKey",), CLOUDTRAIL_SERVICE, via, keys)
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
    return dict(on_behalf(CLOUDTRAIL_SERVICE, arn, asked.account_id))


def _name(asked: Asked) -> str:
    return asked.text("Name").rpartition("/")[2]


def _trail(asked: Asked, attribute: str) -> str:
    found = cloudtrail_backends[asked.account_id][asked.region].trails.get(_name(asked))
    return str(getattr(found, attribute, "") or "") if found else ""


CLOUDTRAIL: Rules = {
    "CreateTrail": (quota, bucket, key, log_group),
    "UpdateTrail": (bucket, key, log_group),
}


CONFIG_SERVICE = "config.amazonaws.com"


def role(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Config API Reference, PutConfigurationRecorder, InvalidRoleException."""
    arn = str((asked.params.get("ConfigurationRecorder") or {}).get("roleARN") or "")
    here = f"arn:aws:config:{asked.region}:{asked.account_id}:*"
    if not arn:
        yield Refused("InvalidRoleException", "You have provided a null or empty role ARN.")
    elif not trusts(arn, CONFIG_SERVICE, on_behalf(CONFIG_SERVICE, here, asked.account_id)):
        yield Refused("InvalidRoleException", f"AWS Config cannot assume the role {arn}")


CONFIG: Rules = {
    "PutConfigurationRecorder": (role,),
}


BAD_REQUEST = "BadRequestException"


def detector(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon GuardDuty API Reference, CreateDetector: one a region."""
    if guardduty_backends[asked.account_id][asked.region].detectors:
        text = "The request is rejected because a detector already exists for the current account."
        yield Refused(BAD_REQUEST, text)


def features(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon GuardDuty API Reference, CreateDetector: data sources or features."""
    if asked.params.get("DataSources") and asked.params.get("Features"):
        text = "The request is rejected because both dataSources and features are specified."
        yield Refused(BAD_REQUEST, text)
    names = [one.get("Name") for one in asked.params.get("Features") or []]
    if len(set(names)) < len(names) or {"EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING"} <= set(
        names
    ):
        text = "The request is rejected because a feature is specified more than once."
        yield Refused(BAD_REQUEST, text)


GUARDDUTY: Rules = {"CreateDetector": (detector, features), "UpdateDetector": (features,)}


INVALID_INPUT = "InvalidInputException"
ACTION_ID = re.compile(r"[A-Za-z0-9]{1,20}")
POLICY_NAME = re.compile(r"[A-Za-z0-9\-.!*/]{1,128}")
WORKFLOW = ("NEW", "NOTIFIED", "RESOLVED", "SUPPRESSED")
VERIFICATION = ("UNKNOWN", "TRUE_POSITIVE", "FALSE_POSITIVE", "BENIGN_POSITIVE")
LABELS = ("INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
FILTER_VALUES = 20


def _refused(text: str) -> Refused:
    return Refused(INVALID_INPUT, f"Invalid parameter: {text}")


def updates(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, BatchUpdateFindings."""
    yield from _count(asked, "FindingIdentifiers", 1, 100)
    note = asked.params.get("Note")
    if note is not None and not 1 <= len(note.get("Text") or "") <= 512:
        yield _refused("Note.Text must have 1 to 512 characters")
    if note is not None and not note.get("UpdatedBy"):
        yield _refused("Note.UpdatedBy is required")
    if len(asked.params.get("UserDefinedFields") or {}) > 50:
        yield _refused("UserDefinedFields can hold up to 50 pairs")
    yield from _one_of((asked.params.get("Workflow") or {}).get("Status"), WORKFLOW, "Workflow")
    yield from _one_of(asked.params.get("VerificationState"), VERIFICATION, "VerificationState")
    yield from _one_of((asked.params.get("Severity") or {}).get("Label"), LABELS, "Severity.Label")
    for name in ("Confidence", "Criticality"):
        value = asked.params.get(name)
        if value is not None and not 0 <= value <= 100:
            yield _refused(f"{name} must be between 0 and 100")
    for kind in asked.params.get("Types") or []:
        if kind.partition("/")[0] not in NAMESPACES:
            yield _refused(f"Types: '{kind}' has no known namespace")


def updates_v2(asked: Asked) -> Iterator[Refused]:
    """Source: API model of Security Hub, documentation of BatchUpdateFindingsV2Request."""
    uids, identifiers = asked.params.get("MetadataUids"), asked.params.get("FindingIdentifiers")
    if bool(uids) is bool(identifiers):
        text = "MetadataUids or FindingIdentifiers must be given, and not both"
        yield Refused("ValidationException", text)
    comment = asked.params.get("Comment")
    if comment is not None and not 1 <= len(comment) <= 512:
        yield Refused("ValidationException", "Comment must have 1 to 512 characters")
    for name, known in (("StatusId", (0, 1, 2, 3, 4, 5, 99)), ("SeverityId", (*range(7), 99))):
        value = asked.params.get(name)
        if value is not None and value not in known:
            yield Refused("ValidationException", f"{name} {value} is not one of {known}")


def _one_of(value: Any, known: tuple[str, ...], name: str) -> Iterator[Refused]:
    if value is not None and value not in known:
        yield _refused(f"{name} '{value}' is not one of {', '.join(known)}")


def imported(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, BatchImportFindings: at most 100 of 240 KB each."""
    yield from _count(asked, "Findings", 1, 100)


def filters(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, AwsSecurityFindingFilters: 20 values an attribute."""
    for name, values in (asked.params.get("Filters") or {}).items():
        if isinstance(values, list) and len(values) > FILTER_VALUES:
            yield _refused(f"{name} can have up to {FILTER_VALUES} values")


def controls(asked: Asked) -> Iterator[Refused]:
    yield from _count(asked, "SecurityControlIds", 1, 100)


def associations(asked: Asked) -> Iterator[Refused]:
    yield from _count(asked, "StandardsControlAssociationUpdates", 1, 100)


def looked_up(asked: Asked) -> Iterator[Refused]:
    yield from _count(asked, "StandardsControlAssociationIds", 1, 100)


def standards(asked: Asked) -> Iterator[Refused]:
    yield from _count(asked, "StandardsSubscriptionRequests", 1, 25)


def _count(asked: Asked, name: str, low: int, high: int) -> Iterator[Refused]:
    if not low <= len(asked.params.get(name) or []) <= high:
        yield _refused(f"{name} must hold between {low} and {high} items")


def action_target(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, CreateActionTarget."""
    if not 1 <= len(asked.text("Name")) <= 20:
        yield _refused("Name can contain up to 20 characters")
    if asked.operation == "CreateActionTarget" and not ACTION_ID.fullmatch(asked.text("Id")):
        yield _refused("Id can contain up to 20 alphanumeric characters")


def policy_name(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, CreateConfigurationPolicy, "Name"."""
    if not POLICY_NAME.fullmatch(asked.text("Name")):
        text = "Name can contain alphanumeric characters and -, ., !, *, / and has up to 128"
        yield _refused(text)


def reason(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, UpdateSecurityControl, "LastUpdateReason"."""
    if not asked.params.get("Parameters"):
        yield _refused("Parameters must name at least one parameter")


def rule_order(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, CreateAutomationRule."""
    note = next(
        (
            change
            for action in asked.params.get("Actions") or []
            if (change := (action.get("FindingFieldsUpdate") or {}).get("Note")) is not None
        ),
        None,
    )
    if note is not None and len(note.get("Text") or "") > 512:
        yield _refused("Note.Text must have 1 to 512 characters")
    if len(asked.text("RuleName")) > 256:
        yield _refused("RuleName has up to 256 characters")


SECURITYHUB: Rules = {
    "BatchUpdateFindings": (updates,),
    "BatchUpdateFindingsV2": (updates_v2,),
    "BatchImportFindings": (imported,),
    "GetFindings": (filters,),
    "CreateInsight": (filters,),
    "UpdateInsight": (filters,),
    "BatchGetSecurityControls": (controls,),
    "BatchUpdateStandardsControlAssociations": (associations,),
    "BatchGetStandardsControlAssociations": (looked_up,),
    "BatchEnableStandards": (standards,),
    "CreateActionTarget": (action_target,),
    "CreateConfigurationPolicy": (policy_name,),
    "UpdateSecurityControl": (reason,),
    "CreateAutomationRule": (rule_order,),
}
