"""Clusters of Redshift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import ge

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, below, either, missing, omits, says
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
    number,
    required,
    text,
)
from orchestrator.findings.resource_type import ResourceType, Setting, always, existing
from orchestrator.findings.tags import mapping

CLUSTERS = ("arn:{partition}:redshift:{region}:{account}:cluster:*",)


def find(place: Place, aws: Aws) -> Iterator[str]:
    for page in aws("redshift").get_paginator("describe_clusters").paginate():
        for cluster in page["Clusters"]:
            yield arn.of(place, "redshift", f"cluster:{cluster['ClusterIdentifier']}")


def read(target: Target, aws: Aws) -> Json | None:
    call, name = aws("redshift").describe_clusters, arn.name(target.arn)
    answer = unless(("ClusterNotFound",), call, ClusterIdentifier=name)
    return answer["Clusters"][0] if answer else None


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping((read(target, aws) or {}).get("Tags"))


def modify(target: Target, aws: Aws, values: Json) -> None:
    aws("redshift").modify_cluster(ClusterIdentifier=arn.name(target.arn), **values)


def under_way(cluster: Json) -> str:
    return "a change is under way" if cluster.get("PendingModifiedValues") else ""


CLUSTER = ResourceType(
    "AwsRedshiftCluster",
    find,
    read,
    tags,
    (Permission(("redshift:DescribeClusters",), why="Redshift describes all clusters at once"),),
    "ClusterCreateTime",
)
MODIFY = (Permission(("redshift:ModifyCluster",), CLUSTERS),)


def logging(target: Target, aws: Aws) -> Json:
    existing(CLUSTER, target, aws)
    status = aws("redshift").describe_logging_status(ClusterIdentifier=arn.name(target.arn))
    return {"LoggingEnabled": status["LoggingEnabled"]}


def check_logging(target: Target, aws: Aws) -> Check:
    cluster = read(target, aws)
    if cluster is None:
        return Check(Status.GONE)
    created = cluster.get("ClusterCreateTime")
    if logging(target, aws)["LoggingEnabled"]:
        return Check(Status.PASSES, created=created)
    return Check(Status.FAILS, "audit logging is off", created)


def log(target: Target, aws: Aws, before: Json) -> None:
    if before["LoggingEnabled"]:
        raise Refused("audit logging was on already")
    prefix = text(target, "prefix")
    aws("redshift").enable_logging(
        ClusterIdentifier=arn.name(target.arn),
        BucketName=required(target, "bucket"),
        **({"S3KeyPrefix": prefix} if prefix else {}),
    )


def stop_logging(target: Target, aws: Aws, _: Json) -> None:
    aws("redshift").disable_logging(ClusterIdentifier=arn.name(target.arn))


REMEDIATIONS = (
    Setting(
        CLUSTER,
        always(PubliclyAccessible=False),
        modify,
        "it has a public address",
        unclear=under_way,
    ).remediation(
        ("PubliclyAccessible",),
        name="make-warehouse-private",
        controls=("Redshift.1",),
        causes=(
            Cause(
                "redshift",
                ("CreateCluster", "RestoreFromClusterSnapshot", "ModifyCluster"),
                says("publiclyAccessible", "true"),
            ),
        ),
        risk=Risk.DISRUPTIVE,
        effect="The cluster has its private address alone.",
        breaks="Clients outside of the VPC.",
        danger="The cluster answers on a public address again.",
        writes=MODIFY,
    ),
    Setting(
        CLUSTER,
        lambda target: {"AutomatedSnapshotRetentionPeriod": number(target, "days")},
        modify,
        "automatic snapshots are off or kept too short",
        enough=ge,
        unclear=under_way,
    ).remediation(
        ("AutomatedSnapshotRetentionPeriod",),
        name="back-up-warehouse",
        controls=("Redshift.3",),
        causes=(
            Cause(
                "redshift",
                ("CreateCluster",),
                either(
                    missing("automatedSnapshotRetentionPeriod"),
                    below("automatedSnapshotRetentionPeriod", 7),
                ),
            ),
            Cause("redshift", ("ModifyCluster",), below("automatedSnapshotRetentionPeriod", 7)),
        ),
        risk=Risk.REVERSIBLE,
        effect="Keeps automatic snapshots for so many days.",
        breaks="Nothing. Undo deletes the snapshots that are older than was kept before.",
        writes=MODIFY,
        cost="Snapshot storage.",
        parameters={"days": Parameter(7, "Days to keep, 7 to 35.", "MinRetentionPeriod")},
    ),
    Remediation(
        name="log-warehouse",
        controls=("Redshift.4",),
        causes=(
            Cause("redshift", ("CreateCluster", "RestoreFromClusterSnapshot", "DisableLogging")),
        ),
        resource_type=CLUSTER.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Sends audit logs to the bucket the decision names.",
        breaks="Nothing.",
        reads=(*CLUSTER.reads, Permission(("redshift:DescribeLoggingStatus",), CLUSTERS)),
        writes=(Permission(("redshift:EnableLogging", "redshift:DisableLogging"), CLUSTERS),),
        find=find,
        check=check_logging,
        before=logging,
        fix=log,
        undo=stop_logging,
        tags=tags,
        cost="Storage of the logs.",
        parameters={
            "bucket": Parameter("", "Bucket that lets Redshift write into it; required."),
            "prefix": Parameter("", "What the logs' keys begin with."),
        },
    ),
    Setting(
        CLUSTER,
        always(AllowVersionUpgrade=True),
        modify,
        "major versions are not installed",
        unclear=under_way,
    ).remediation(
        ("AllowVersionUpgrade",),
        name="upgrade-warehouse",
        controls=("Redshift.6",),
        causes=(
            Cause(
                "redshift",
                ("CreateCluster", "RestoreFromClusterSnapshot", "ModifyCluster"),
                says("allowVersionUpgrade", "false"),
            ),
        ),
        risk=Risk.DISRUPTIVE,
        effect="Installs major versions in the maintenance window.",
        breaks="The cluster restarts in its maintenance window when there is a new version.",
        writes=MODIFY,
    ),
    Setting(
        CLUSTER,
        always(EnhancedVpcRouting=True),
        modify,
        "COPY and UNLOAD do not go through the VPC",
        unclear=under_way,
    ).remediation(
        ("EnhancedVpcRouting",),
        name="route-warehouse-through-vpc",
        controls=("Redshift.7",),
        causes=(
            Cause(
                "redshift",
                ("CreateCluster", "RestoreFromClusterSnapshot"),
                omits("enhancedVpcRouting", "true"),
            ),
            Cause("redshift", ("ModifyCluster",), says("enhancedVpcRouting", "false")),
        ),
        risk=Risk.DISRUPTIVE,
        effect="COPY and UNLOAD go through the VPC, its endpoints and security groups.",
        breaks="Loads from places that the VPC has no way to. The cluster restarts.",
        writes=MODIFY,
        by_hand="Without endpoints or routes in the VPC, loading and unloading stop at once.",
    ),
)
