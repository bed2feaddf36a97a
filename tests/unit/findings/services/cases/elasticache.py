from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.elasticache.models import elasticache_backends

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import TAG_LIST, Builder, Case
from tests.unit.findings.services.recording import Overlay

HERE = "arn:aws:elasticache:eu-west-1:123456789012"
NO_CLUSTER, NO_GROUP = f"{HERE}:cluster:nobody", f"{HERE}:replicationgroup:nobody"


def cluster(name: str = "carts", **given: Any) -> Builder:
    def build(aws: Aws) -> str:
        made = aws("elasticache").create_cache_cluster(
            CacheClusterId=name,
            Engine="redis",
            CacheNodeType="cache.t3.small",
            Tags=TAG_LIST,
            **given,
        )
        return str(made["CacheCluster"]["ARN"])

    return build


def group(name: str = "sessions", **given: Any) -> Builder:
    def build(aws: Aws) -> str:
        made = aws("elasticache").create_replication_group(
            ReplicationGroupId=name,
            ReplicationGroupDescription=name,
            Engine="redis",
            CacheNodeType="cache.t3.small",
            Tags=TAG_LIST,
            **{"ReplicasPerNodeGroup": 1} | given,
        )
        return str(made["ReplicationGroup"]["ARN"])

    return build


def a_member(aws: Aws) -> str:
    group()(aws)
    return cluster(ReplicationGroupId="sessions", AutoMinorVersionUpgrade=False)(aws)


def modified_cluster(given: Mapping[str, Any]) -> Mapping[str, Any]:
    found = elasticache_backends["123456789012"]["eu-west-1"].cache_clusters
    return changed(found[given["CacheClusterId"]], given)


def modified_group(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """ElastiCache hands it on to the group's clusters."""
    for found in elasticache_backends["123456789012"]["eu-west-1"].cache_clusters.values():
        if found.replication_group_id == given["ReplicationGroupId"]:
            changed(found, given)
    return {}


def changed(found: Any, given: Mapping[str, Any]) -> Mapping[str, Any]:
    found.snapshot_retention_limit = given.get(
        "SnapshotRetentionLimit", found.snapshot_retention_limit
    )
    found.auto_minor_version_upgrade = given.get(
        "AutoMinorVersionUpgrade", found.auto_minor_version_upgrade
    )
    return {}


def clusters() -> Overlay:
    return {("elasticache", "ModifyCacheCluster"): modified_cluster}


def members() -> Overlay:
    return {("elasticache", "ModifyReplicationGroup"): modified_group}


CASES = (
    Case("ElastiCache.1", group(), group("fine", SnapshotRetentionLimit=1), NO_GROUP),
    Case(
        "ElastiCache.1",
        cluster(),
        cluster("fine", SnapshotRetentionLimit=1),
        NO_CLUSTER,
        name="of a cluster",
        overlay=clusters,
    ),
    Case(
        "ElastiCache.2",
        cluster(AutoMinorVersionUpgrade=False),
        cluster("fine", AutoMinorVersionUpgrade=True),
        NO_CLUSTER,
        overlay=clusters,
    ),
    Case("ElastiCache.2", a_member, None, NO_CLUSTER, name="in a group", overlay=members),
    Case("ElastiCache.3", group(), group("fine", AutomaticFailoverEnabled=True), NO_GROUP),
)
