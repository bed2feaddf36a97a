"""Replication instances of DMS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.causes import Cause, says
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import Aws, Json, Permission, Place, Risk, Target
from orchestrator.findings.resource_type import ResourceType, Setting, always
from orchestrator.findings.tags import mapping

INSTANCES = ("arn:{partition}:dms:{region}:{account}:rep:*",)
MINOR = "AutoMinorVersionUpgrade"


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("dms").get_paginator("describe_replication_instances").paginate():
        for instance in page["ReplicationInstances"]:
            yield instance["ReplicationInstanceArn"]


def read(target: Target, aws: Aws) -> Json | None:
    own = [{"Name": "replication-instance-arn", "Values": [target.arn]}]
    call = aws("dms").describe_replication_instances
    answer = unless(("ResourceNotFoundFault",), call, Filters=own)
    return next(iter((answer or {}).get("ReplicationInstances", [])), None)


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping(aws("dms").list_tags_for_resource(ResourceArn=target.arn)["TagList"])


INSTANCE = ResourceType(
    resource_type="AwsDmsReplicationInstance",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("dms:DescribeReplicationInstances",), why="DMS describes all together"),
        Permission(("dms:ListTagsForResource",), INSTANCES),
    ),
    created="InstanceCreateTime",
)


def set_minor(target: Target, aws: Aws, wanted: Json) -> None:
    aws("dms").modify_replication_instance(
        ReplicationInstanceArn=target.arn, AutoMinorVersionUpgrade=wanted[MINOR]
    )


REMEDIATIONS = (
    Setting(
        kind=INSTANCE,
        wanted=always(**{MINOR: True}),
        change=set_minor,
        fault="minor versions are not installed by themselves",
    ).remediation(
        (MINOR,),
        name="upgrade-replication-instance",
        controls=("DMS.6",),
        causes=(
            Cause(
                "dms",
                ("CreateReplicationInstance", "ModifyReplicationInstance"),
                says("autoMinorVersionUpgrade", "false"),
            ),
        ),
        risk=Risk.DISRUPTIVE,
        effect="Has DMS install minor versions in the maintenance window.",
        breaks="Replication stops for a while when a version is installed.",
        writes=(Permission(("dms:ModifyReplicationInstance",), INSTANCES),),
    ),
)
