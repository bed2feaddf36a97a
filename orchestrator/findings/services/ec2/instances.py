"""Instances."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, omits, says
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
    number,
)
from orchestrator.findings.resource_type import existing, looking
from orchestrator.findings.services.ec2.kinds import INSTANCE

INSTANCES = ("arn:{partition}:ec2:{region}:{account}:instance/*",)
ENDED = ("terminated", "shutting-down")
STOPPED_AT = re.compile(r"\((\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d))?")


def read_instance(target: Target, aws: Aws) -> Json | None:
    """A terminated instance is described for an hour; it is gone."""
    found = INSTANCE.read(target, aws)
    return None if found is None or found["State"]["Name"] in ENDED else found


PRESENT = replace(INSTANCE, read=read_instance)


def first_version(instance: Json, _: Target) -> str:
    tokens = instance.get("MetadataOptions", {}).get("HttpTokens", "optional")
    return "" if tokens == "required" else "version 1 of the metadata service answers"


def tokens(target: Target, aws: Aws) -> Json:
    options = existing(PRESENT, target, aws).get("MetadataOptions", {})
    return {"HttpTokens": options.get("HttpTokens", "optional")}


def require_tokens(target: Target, aws: Aws, _: Json) -> None:
    """Only where CloudWatch has seen no use of version 1.

    Source: EC2 User Guide, "Transition to using IMDSv2", metric MetadataNoToken.
    """
    days = number(target, "quiet_days")
    used = calls_without_token(target, aws, days) if days else 0
    if used:
        raise Refused(f"version 1 was used {used:.0f} times in the last {days} days")
    set_tokens(target, aws, {"HttpTokens": "required"})


def calls_without_token(target: Target, aws: Aws, days: int) -> float:
    now = datetime.now(UTC)
    points = aws("cloudwatch").get_metric_statistics(
        Namespace="AWS/EC2",
        MetricName="MetadataNoToken",
        Dimensions=[{"Name": "InstanceId", "Value": arn.name(target.arn)}],
        StartTime=now - timedelta(days=days),
        EndTime=now,
        Period=86400,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


def set_tokens(target: Target, aws: Aws, values: Json) -> None:
    aws("ec2").modify_instance_metadata_options(
        InstanceId=arn.name(target.arn), HttpTokens=values["HttpTokens"]
    )


def stopped_since(instance: Json) -> datetime | None:
    """When it was stopped; None where EC2 does not say."""
    found = STOPPED_AT.search(instance.get("StateTransitionReason", ""))
    if not found:
        return None
    return datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00:00'}+00:00")


def long_stopped(target: Target, aws: Aws) -> Check:
    instance = read_instance(target, aws)
    if instance is None:
        return Check(Status.GONE)
    if instance["State"]["Name"] != "stopped":
        return Check(Status.PASSES)
    since = stopped_since(instance)
    if since is None:
        return Check(Status.UNCLEAR, "EC2 does not say since when it is stopped")
    days = (datetime.now(UTC) - since).days
    if days <= number(target, "allowed_days"):
        return Check(Status.PASSES)
    return Check(Status.FAILS, f"stopped {days} days ago")


def described(target: Target, aws: Aws) -> Json:
    """What a person needs to build it again."""
    instance = existing(PRESENT, target, aws)
    return {
        "ImageId": instance["ImageId"],
        "InstanceType": instance["InstanceType"],
        "SubnetId": instance.get("SubnetId"),
        "Volumes": sorted(volumes(instance)),
    }


def volumes(instance: Json) -> Iterator[str]:
    for device in instance.get("BlockDeviceMappings", ()):
        yield device["Ebs"]["VolumeId"]


def terminate(target: Target, aws: Aws, _: Json) -> None:
    instance = existing(PRESENT, target, aws)
    if instance["State"]["Name"] != "stopped":
        raise Refused("it is not stopped any more")
    aws("ec2").terminate_instances(InstanceIds=[arn.name(target.arn)])


REMEDIATIONS = (
    Remediation(
        name="require-metadata-tokens",
        controls=("EC2.8",),
        causes=(
            Cause("ec2", ("RunInstances",), omits("httpTokens", "required"), sure=False),
            Cause("ec2", ("ModifyInstanceMetadataOptions",), says("httpTokens", "optional")),
        ),
        resource_type=INSTANCE.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="The instance's metadata service answers to version 2 (with a token) alone.",
        breaks="Software that asks version 1. An instance where CloudWatch has counted such calls "
        "is left alone.",
        danger="Who makes the instance send a request can read its role's credentials again.",
        reads=INSTANCE.reads,
        writes=(
            Permission(("ec2:ModifyInstanceMetadataOptions",), INSTANCES),
            Permission(("cloudwatch:GetMetricStatistics",), why="metrics have no ARN"),
        ),
        find=INSTANCE.find,
        check=looking(PRESENT, first_version),
        before=tokens,
        fix=require_tokens,
        undo=set_tokens,
        tags=INSTANCE.tags,
        parameters={
            "quiet_days": Parameter(
                14, "Days without a call to version 1 that are asked for; 0 does not look."
            )
        },
    ),
    Remediation(
        name="terminate-stopped-instance",
        controls=("EC2.4",),
        causes=(Cause("ec2", ("StopInstances",)),),
        resource_type=INSTANCE.resource_type,
        risk=Risk.DESTRUCTIVE,
        effect="Terminates the instance.",
        breaks="The instance, and the volumes that are deleted with it, are lost.",
        reads=INSTANCE.reads,
        writes=(Permission(("ec2:TerminateInstances",), INSTANCES),),
        find=INSTANCE.find,
        check=long_stopped,
        before=described,
        fix=terminate,
        undo=None,
        tags=INSTANCE.tags,
        by_hand="An instance that is terminated cannot be had back.",
        parameters={
            "allowed_days": Parameter(30, "Days an instance may be stopped.", "AllowedDays")
        },
    ),
)
