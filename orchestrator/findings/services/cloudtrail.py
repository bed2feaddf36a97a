"""Trails of CloudTrail. What is about the account is in `trail_coverage.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.causes import Cause, missing, omits, says, untagged
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
    required,
)
from orchestrator.findings.resource_type import ResourceType, keeping, looking, seeing
from orchestrator.findings.services import trail_buckets, trail_coverage
from orchestrator.findings.tags import mapping, tag_control

TRAILS = ("arn:{partition}:cloudtrail:{region}:{account}:trail/*",)
GONE = ("TrailNotFoundException",)


def find(place: Place, aws: Aws) -> Iterator[str]:
    """The trails that live in this region; another account's organization trail is not ours."""
    for trail in aws("cloudtrail").describe_trails(includeShadowTrails=False)["trailList"]:
        if f":{place.account}:" in trail["TrailARN"]:
            yield trail["TrailARN"]


def read(target: Target, aws: Aws) -> Json | None:
    answer = unless(GONE, aws("cloudtrail").get_trail, Name=target.arn)
    return None if answer is None else answer["Trail"]


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    answer = aws("cloudtrail").list_tags(ResourceIdList=[target.arn])
    return mapping(tag for found in answer["ResourceTagList"] for tag in found["TagsList"])


TRAIL = ResourceType(
    resource_type="AwsCloudTrailTrail",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("cloudtrail:DescribeTrails",), why="CloudTrail describes trails all together"),
        Permission(("cloudtrail:GetTrail", "cloudtrail:ListTags"), TRAILS),
    ),
)
CHANGES = (Permission(("cloudtrail:UpdateTrail",), TRAILS),)


def unencrypted(trail: Json, _: Target) -> str:
    return "" if trail.get("KmsKeyId") else "its log files are not encrypted with a KMS key"


def encrypt(target: Target, aws: Aws, _: Json) -> None:
    key = required(target, "KmsKeyId")
    aws("cloudtrail").update_trail(Name=target.arn, KmsKeyId=key)


def decrypt(target: Target, aws: Aws, _: Json) -> None:
    aws("cloudtrail").update_trail(Name=target.arn, KmsKeyId="")


def unvalidated(trail: Json, _: Target) -> str:
    return "" if trail.get("LogFileValidationEnabled") else "log files are delivered without digest"


def validate(target: Target, aws: Aws, enabled: bool) -> None:
    aws("cloudtrail").update_trail(Name=target.arn, EnableLogFileValidation=enabled)


def undelivered(trail: Json, _: Target) -> str:
    return "" if trail.get("CloudWatchLogsLogGroupArn") else "it sends to no log group"


def delivery(trail: Json) -> Json:
    keys = ("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn")
    return {key: trail.get(key) or "" for key in keys}


def deliver(target: Target, aws: Aws, _: Json) -> None:
    set_group(target, aws, required(target, "LogGroupArn"), required(target, "RoleArn"))


def set_group(target: Target, aws: Aws, group: str, role: str) -> None:
    """Two empty texts stop the delivery. Source: CloudTrail User Guide, "Stopping CloudTrail"."""
    aws("cloudtrail").update_trail(
        Name=target.arn, CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role
    )


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("cloudtrail").add_tags(ResourceId=target.arn, TagsList=[{"Key": key, "Value": value}])


def remove_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("cloudtrail").remove_tags(ResourceId=target.arn, TagsList=[{"Key": key, "Value": value}])


REMEDIATIONS = (
    Remediation(
        name="encrypt-trail",
        controls=("CloudTrail.2",),
        causes=(
            Cause("cloudtrail", ("CreateTrail",), missing("kmsKeyId")),
            Cause("cloudtrail", ("UpdateTrail",), says("kmsKeyId", "")),
        ),
        resource_type=TRAIL.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Encrypts new log files of the trail with the key you name.",
        breaks="Who reads the log files needs kms:Decrypt with that key from now on.",
        reads=TRAIL.reads,
        writes=CHANGES,
        find=TRAIL.find,
        check=looking(TRAIL, unencrypted),
        before=seeing(TRAIL, lambda trail: {"key": trail.get("KmsKeyId") or ""}),
        fix=encrypt,
        undo=decrypt,
        tags=TRAIL.tags,
        cost="KMS's price for each log file that is written or read.",
        parameters={
            "KmsKeyId": Parameter(
                "", "The ARN of a key whose policy lets CloudTrail use it; {account} is filled in."
            )
        },
    ),
    Remediation(
        name="validate-trail",
        controls=("CloudTrail.4",),
        causes=(
            Cause("cloudtrail", ("CreateTrail",), omits("enableLogFileValidation", "true")),
            Cause("cloudtrail", ("UpdateTrail",), says("enableLogFileValidation", "false")),
        ),
        resource_type=TRAIL.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Has CloudTrail deliver a digest with the log files, so that tampering shows.",
        breaks="Nothing.",
        reads=TRAIL.reads,
        writes=CHANGES,
        find=TRAIL.find,
        check=looking(TRAIL, unvalidated),
        before=keeping(TRAIL, "LogFileValidationEnabled"),
        fix=lambda target, aws, _: validate(target, aws, True),
        undo=lambda target, aws, _: validate(target, aws, False),
        tags=TRAIL.tags,
    ),
    Remediation(
        name="deliver-trail-to-log-group",
        controls=("CloudTrail.5",),
        causes=(
            Cause("cloudtrail", ("CreateTrail",), missing("cloudWatchLogsLogGroupArn")),
            Cause("cloudtrail", ("UpdateTrail",), says("cloudWatchLogsLogGroupArn", "")),
        ),
        resource_type=TRAIL.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Has CloudTrail send the trail's events to the log group you name as well.",
        breaks="Nothing.",
        reads=TRAIL.reads,
        writes=(
            *CHANGES,
            Permission(
                ("iam:PassRole",),
                ("arn:{partition}:iam::{account}:role/*",),
                {"StringEquals": {"iam:PassedToService": "cloudtrail.amazonaws.com"}},
            ),
        ),
        find=TRAIL.find,
        check=looking(TRAIL, undelivered),
        before=seeing(TRAIL, delivery),
        fix=deliver,
        undo=lambda target, aws, _: set_group(target, aws, "", ""),
        tags=TRAIL.tags,
        cost="CloudWatch Logs' price for every event, which for a busy account is a lot.",
        parameters={
            "LogGroupArn": Parameter("", "The log group's ARN, ending in ':*'."),
            "RoleArn": Parameter("", "The role with which CloudTrail writes there."),
        },
    ),
    *trail_buckets.REMEDIATIONS,
    *trail_coverage.REMEDIATIONS,
    tag_control(
        "CloudTrail.9",
        TRAIL,
        add_tag,
        remove_tag,
        (Permission(("cloudtrail:AddTags", "cloudtrail:RemoveTags"), TRAILS),),
        untagged("cloudtrail", ("CreateTrail",), "RemoveTags"),
    ),
)
