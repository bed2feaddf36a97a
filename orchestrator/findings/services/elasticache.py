"""Clusters and replication groups of ElastiCache.

A cluster that is part of a replication group takes its settings from the group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, below, either, missing, omits, says
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Risk,
    Target,
    number,
)
from orchestrator.findings.resource_type import ResourceType, Setting, always
from orchestrator.findings.tags import mapping

HERE = "arn:{partition}:elasticache:{region}:{account}"
CLUSTERS, GROUPS = (f"{HERE}:cluster:*",), (f"{HERE}:replicationgroup:*",)
NO_BACKUPS = ("memcached",)


def clusters(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("elasticache").get_paginator("describe_cache_clusters").paginate():
        for cluster in page["CacheClusters"]:
            yield cluster["ARN"]


def groups(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("elasticache").get_paginator("describe_replication_groups").paginate():
        for group in page["ReplicationGroups"]:
            yield group["ARN"]


def both(place: Place, aws: Aws) -> Iterator[str]:
    """Groups, and the clusters that are in none."""
    yield from groups(place, aws)
    for page in aws("elasticache").get_paginator("describe_cache_clusters").paginate():
        for cluster in page["CacheClusters"]:
            if not cluster.get("ReplicationGroupId"):
                yield cluster["ARN"]


def read_cluster(target: Target, aws: Aws) -> Json | None:
    call, name = aws("elasticache").describe_cache_clusters, arn.name(target.arn)
    answer = unless(("CacheClusterNotFound",), call, CacheClusterId=name)
    return answer["CacheClusters"][0] if answer else None


def read_group(target: Target, aws: Aws) -> Json | None:
    call, name = aws("elasticache").describe_replication_groups, arn.name(target.arn)
    answer = unless(("ReplicationGroupNotFoundFault",), call, ReplicationGroupId=name)
    return answer["ReplicationGroups"][0] if answer else None


def read_either(target: Target, aws: Aws) -> Json | None:
    return (read_group if is_group(target) else read_cluster)(target, aws)


def is_group(target: Target) -> bool:
    return arn.resource(target.arn).startswith("replicationgroup:")


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping(aws("elasticache").list_tags_for_resource(ResourceName=target.arn)["TagList"])


def modify_group(aws: Aws, name: str, values: Mapping[str, Any]) -> None:
    aws("elasticache").modify_replication_group(
        ReplicationGroupId=name, ApplyImmediately=True, **values
    )


def modify_cluster(aws: Aws, name: str, values: Mapping[str, Any]) -> None:
    aws("elasticache").modify_cache_cluster(CacheClusterId=name, ApplyImmediately=True, **values)


def retain(target: Target, aws: Aws, values: Json) -> None:
    name, limit = arn.name(target.arn), {"SnapshotRetentionLimit": values["SnapshotRetentionLimit"]}
    if not is_group(target):
        modify_cluster(aws, name, limit)
    else:
        modify_group(aws, name, {**limit, **snapshotting(target, aws, limit)})


def snapshotting(target: Target, aws: Aws, limit: Json) -> dict[str, str]:
    """A group that is not sharded must say which of its clusters is copied.

    Source: ElastiCache API Reference, ModifyReplicationGroup.
    """
    group = read_group(target, aws) or {}
    needed = limit["SnapshotRetentionLimit"] and not group.get("ClusterEnabled")
    if not needed or group.get("SnapshottingClusterId") or not group.get("MemberClusters"):
        return {}
    return {"SnapshottingClusterId": group["MemberClusters"][-1]}


def upgrade(target: Target, aws: Aws, values: Json) -> None:
    wanted = {"AutoMinorVersionUpgrade": values["AutoMinorVersionUpgrade"]}
    group = (read_cluster(target, aws) or {}).get("ReplicationGroupId")
    if group:
        modify_group(aws, group, wanted)
    else:
        modify_cluster(aws, arn.name(target.arn), wanted)


def fail_over(target: Target, aws: Aws, values: Json) -> None:
    on = values["AutomaticFailover"] == "enabled"
    modify_group(aws, arn.name(target.arn), {"AutomaticFailoverEnabled": on})


def switching(found: Json) -> str:
    waiting = found["AutomaticFailover"] == "enabling" or others_pending(found, None)
    return "a change is under way" if waiting else ""


def under_way(found: Json) -> str:
    return "a change is under way" if others_pending(found, None) else ""


def others_pending(found: Json, _: Target | None) -> str:
    """ApplyImmediately would do everything else that waits for the maintenance window too."""
    pending = sorted(
        key for key, value in (found.get("PendingModifiedValues") or {}).items() if value
    )
    return f"other changes wait for the maintenance window: {', '.join(pending)}" if pending else ""


def without_replica(group: Json, target: Target) -> str:
    shards = group.get("NodeGroups") or ()
    if not shards or any(len(shard.get("NodeGroupMembers") or ()) < 2 for shard in shards):
        return "it has no replica to fail over to"
    return others_pending(group, target)


TAGGED = Permission(("elasticache:ListTagsForResource",), (*CLUSTERS, *GROUPS))
LOOK_AT_CLUSTERS = Permission(("elasticache:DescribeCacheClusters",), CLUSTERS)
LOOK_AT_GROUPS = Permission(("elasticache:DescribeReplicationGroups",), GROUPS)

CLUSTER = ResourceType(
    "AwsElastiCacheCacheCluster",
    clusters,
    read_cluster,
    tags,
    (LOOK_AT_CLUSTERS, TAGGED),
    "CacheClusterCreateTime",
)
GROUP = ResourceType(
    "AwsElastiCacheReplicationGroup",
    groups,
    read_group,
    tags,
    (LOOK_AT_GROUPS, TAGGED),
    "ReplicationGroupCreateTime",
)
EITHER = ResourceType(
    "AwsElastiCacheReplicationGroup",
    both,
    read_either,
    tags,
    (LOOK_AT_CLUSTERS, LOOK_AT_GROUPS, TAGGED),
)
MODIFY_CLUSTER = Permission(("elasticache:ModifyCacheCluster",), CLUSTERS)
MODIFY_GROUP = Permission(("elasticache:ModifyReplicationGroup",), (*GROUPS, *CLUSTERS))

REMEDIATIONS = (
    Setting(
        EITHER,
        lambda target: {"SnapshotRetentionLimit": number(target, "days")},
        retain,
        "automatic backups are off or kept too short",
        enough=lambda have, want: (have or 0) >= want,
        applies=lambda found: found.get("Engine") not in NO_BACKUPS,
        refusing=others_pending,
        unclear=under_way,
    ).remediation(
        ("SnapshotRetentionLimit",),
        name="back-up-cache",
        controls=("ElastiCache.1",),
        causes=(
            Cause(
                "elasticache",
                ("CreateCacheCluster", "CreateReplicationGroup"),
                either(missing("snapshotRetentionLimit"), below("snapshotRetentionLimit", 1)),
            ),
            Cause(
                "elasticache",
                ("ModifyCacheCluster", "ModifyReplicationGroup"),
                below("snapshotRetentionLimit", 1),
            ),
        ),
        risk=Risk.REVERSIBLE,
        effect="Makes a backup each day and keeps it for so many days.",
        breaks="Small nodes may lack the memory for a backup and slow down meanwhile.",
        writes=(MODIFY_CLUSTER, MODIFY_GROUP),
        cost="Backup storage beyond one backup.",
        parameters={"days": Parameter(1, "Days to keep, 1 to 35.", "snapshotRetentionPeriod")},
        also=(CLUSTER.resource_type,),
    ),
    Setting(
        CLUSTER,
        always(AutoMinorVersionUpgrade=True),
        upgrade,
        "minor versions are not installed",
        refusing=others_pending,
        unclear=under_way,
    ).remediation(
        ("AutoMinorVersionUpgrade",),
        name="upgrade-cache",
        controls=("ElastiCache.2",),
        causes=(
            Cause(
                "elasticache",
                (
                    "CreateCacheCluster",
                    "CreateReplicationGroup",
                    "ModifyCacheCluster",
                    "ModifyReplicationGroup",
                ),
                says("autoMinorVersionUpgrade", "false"),
            ),
        ),
        risk=Risk.DISRUPTIVE,
        effect="Installs minor versions of the engine in the maintenance window.",
        breaks="Nodes are replaced in the maintenance window when there is a new version. All "
        "clusters of a replication group change together.",
        writes=(MODIFY_CLUSTER, MODIFY_GROUP),
    ),
    Setting(
        GROUP,
        always(AutomaticFailover="enabled"),
        fail_over,
        "no replica takes over when the primary fails",
        refusing=without_replica,
        unclear=switching,
    ).remediation(
        ("AutomaticFailover",),
        name="fail-over-cache",
        controls=("ElastiCache.3",),
        causes=(
            Cause(
                "elasticache",
                ("CreateReplicationGroup",),
                omits("automaticFailoverEnabled", "true"),
            ),
            Cause(
                "elasticache",
                ("ModifyReplicationGroup",),
                says("automaticFailoverEnabled", "false"),
            ),
        ),
        risk=Risk.DISRUPTIVE,
        effect="Makes a replica the primary when the primary fails.",
        breaks="A client that does not use the primary endpoint writes to a replica afterwards.",
        writes=(MODIFY_GROUP,),
    ),
)
