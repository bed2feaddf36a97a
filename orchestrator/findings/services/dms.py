"""Replication instances of DMS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.causes import Cause, omits, says
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


def set_zones(target: Target, aws: Aws, wanted: Json) -> None:
    aws("dms").modify_replication_instance(
        ReplicationInstanceArn=target.arn, MultiAZ=wanted["MultiAZ"], ApplyImmediately=True
    )


def pending(instance: Json, _: Target) -> str:
    """To apply it at once would apply everything else that waits for the window, too."""
    others = sorted(set(instance.get("PendingModifiedValues") or {}) - {"MultiAZ"})
    return f"other changes wait for the maintenance window: {', '.join(others)}" if others else ""


def moving(instance: Json) -> str:
    status = instance.get("ReplicationInstanceStatus", "available")
    return "" if status == "available" else f"the instance is {status}"


REMEDIATIONS = (
    Setting(
        kind=INSTANCE,
        wanted=always(MultiAZ=True),
        change=set_zones,
        fault="it is in one availability zone",
        refusing=pending,
        unclear=moving,
    ).remediation(
        ("MultiAZ",),
        name="replicate-in-two-zones",
        controls=("DMS.13",),
        causes=(
            Cause("dms", ("CreateReplicationInstance",), omits("multiAZ", "true")),
            Cause("dms", ("ModifyReplicationInstance",), says("multiAZ", "false")),
        ),
        risk=Risk.DISRUPTIVE,
        effect="Gives the replication instance a standby in another zone.",
        breaks="Replication stops for a while. Refused while other changes wait for the "
        "maintenance window.",
        writes=(Permission(("dms:ModifyReplicationInstance",), INSTANCES),),
        cost="Twice the price of the instance.",
    ),
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
