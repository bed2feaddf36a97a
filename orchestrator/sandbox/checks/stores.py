"""Redshift, DynamoDB, ElastiCache and DMS.

Source: AWS Security Hub User Guide, "Security Hub controls for Amazon Redshift", "… DynamoDB",
"… ElastiCache", "… AWS DMS"; AWS Config Developer Guide, the managed rule that each names.
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.checks.answers import Reader, dig
from orchestrator.sandbox.checks.rule import (
    Parameters,
    Rule,
    Rules,
    Subject,
    keys_of,
    named,
    off,
    on,
    tagged,
)


def _warehouses(reader: Reader) -> list[Any]:
    return reader.all("redshift", "describe_clusters", "Clusters")


WAREHOUSE = Subject(
    "AwsRedshiftCluster",
    _warehouses,
    lambda each, reader: reader.arn("redshift", f"cluster:{each['ClusterIdentifier']}"),
)


def _warehouse_backed_up(cluster: Any, _: Reader, parameters: Parameters) -> str:
    """Source: redshift-backup-enabled; MinRetentionPeriod 7."""
    days = cluster.get("AutomatedSnapshotRetentionPeriod") or 0
    wanted = parameters.get("MinRetentionPeriod", 7)
    return "" if days >= wanted else f"snapshots are kept for {days} days"


def _warehouse_logged(cluster: Any, reader: Reader, _: Parameters) -> str:
    """Source: redshift-cluster-audit-logging-enabled."""
    name = cluster["ClusterIdentifier"]
    found = reader.get(
        "redshift", "describe_logging_status", "LoggingEnabled", ClusterIdentifier=name
    )
    return "" if found else "has no audit log"


def _tables(reader: Reader) -> list[Any]:
    names = reader.all("dynamodb", "list_tables", "TableNames")
    return [reader.get("dynamodb", "describe_table", "Table", TableName=name) for name in names]


TABLE = Subject("AwsDynamoDbTable", _tables, named("TableArn"))


def _recoverable(table: Any, reader: Reader, _: Parameters) -> str:
    """Source: dynamodb-pitr-enabled."""
    status = reader.get(
        *("dynamodb", "describe_continuous_backups", "ContinuousBackupsDescription"),
        *("PointInTimeRecoveryDescription", "PointInTimeRecoveryStatus"),
        TableName=table["TableName"],
    )
    return "" if status == "ENABLED" else "cannot be recovered to a point in time"


def _scales(table: Any, reader: Reader, parameters: Parameters) -> str:
    """Source: dynamodb-autoscaling-enabled: on demand, or scaled for reading and for writing."""
    if dig(table, "BillingModeSummary", "BillingMode") == "PAY_PER_REQUEST":
        return ""
    space, resource = {"ServiceNamespace": "dynamodb"}, f"table/{table['TableName']}"
    auto = "application-autoscaling"
    targets = reader.all(auto, "describe_scalable_targets", "ScalableTargets", **space)
    scaling = reader.all(auto, "describe_scaling_policies", "ScalingPolicies", **space)
    for kind in ("Read", "Write"):
        mine = {"ResourceId": resource, "ScalableDimension": f"dynamodb:table:{kind}CapacityUnits"}
        if not any(mine.items() <= each.items() for each in targets):
            return f"the capacity for {kind.lower()}s does not scale"
        wanted = parameters.get(f"target{kind}Utilization")
        values = [
            dig(each, "TargetTrackingScalingPolicyConfiguration", "TargetValue")
            for each in scaling
            if mine.items() <= each.items()
        ]
        if not values or (wanted and wanted not in values):
            return f"no policy scales the capacity for {kind.lower()}s"
    return ""


def _table_tags(table: Any, reader: Reader) -> list[str]:
    arn = {"ResourceArn": table["TableArn"]}
    return keys_of(reader.all("dynamodb", "list_tags_of_resource", "Tags", **arn))


GROUP = Subject(
    "AwsElastiCacheReplicationGroup",
    lambda reader: reader.all("elasticache", "describe_replication_groups", "ReplicationGroups"),
    named("ARN"),
)


def _caches(reader: Reader) -> list[Any]:
    return reader.all("elasticache", "describe_cache_clusters", "CacheClusters")


def _lonely(reader: Reader) -> list[Any]:
    """Redis or Valkey without a replication group, which otherwise stands for its clusters."""
    return [
        each
        for each in _caches(reader)
        if each.get("Engine") in ("redis", "valkey") and not each.get("ReplicationGroupId")
    ]


CACHE = Subject("AwsElastiCacheCacheCluster", _caches, named("ARN"))
LONELY_CACHE = Subject("AwsElastiCacheCacheCluster", _lonely, named("ARN"))


def _cache_backed_up(found: Any, _: Reader, parameters: Parameters) -> str:
    """Source: elasticache-redis-cluster-automatic-backup-check; snapshotRetentionPeriod 1."""
    days = found.get("SnapshotRetentionLimit") or 0
    wanted = parameters.get("snapshotRetentionPeriod", 1)
    return "" if days >= wanted else f"backups are kept for {days} days"


def _fails_over(group: Any, _: Reader, __: Parameters) -> str:
    """Source: elasticache-repl-grp-auto-failover-enabled."""
    return "" if group.get("AutomaticFailover") in ("enabled", "enabling") else "has no failover"


REPLICATION = Subject(
    "AwsDmsReplicationInstance",
    lambda reader: reader.all("dms", "describe_replication_instances", "ReplicationInstances"),
    named("ReplicationInstanceArn"),
)
UPGRADES = on("AutoMinorVersionUpgrade", why="does not take minor versions by itself")

RULES: Rules = {
    "Redshift.1": (
        Rule(
            "redshift-cluster-public-access-check",
            WAREHOUSE,
            off("PubliclyAccessible", why="is public"),
        ),
    ),
    "Redshift.3": (Rule("redshift-backup-enabled", WAREHOUSE, _warehouse_backed_up),),
    "Redshift.4": (Rule("redshift-cluster-audit-logging-enabled", WAREHOUSE, _warehouse_logged),),
    "Redshift.6": (
        Rule(
            "redshift-cluster-maintenancesettings-check",
            WAREHOUSE,
            on("AllowVersionUpgrade", why="does not take major versions by itself"),
        ),
    ),
    "Redshift.7": (
        Rule(
            "redshift-enhanced-vpc-routing-enabled",
            WAREHOUSE,
            on("EnhancedVpcRouting", why="its traffic leaves the VPC"),
        ),
    ),
    "DynamoDB.1": (Rule("dynamodb-autoscaling-enabled", TABLE, _scales),),
    "DynamoDB.2": (Rule("dynamodb-pitr-enabled", TABLE, _recoverable),),
    "DynamoDB.5": (Rule("", TABLE, tagged(_table_tags)),),
    "DynamoDB.6": (
        Rule(
            "dynamodb-table-deletion-protection-enabled",
            TABLE,
            on("DeletionProtectionEnabled", why="can be deleted"),
        ),
    ),
    "ElastiCache.1": (
        Rule("elasticache-redis-cluster-automatic-backup-check", GROUP, _cache_backed_up),
        Rule("elasticache-redis-cluster-automatic-backup-check", LONELY_CACHE, _cache_backed_up),
    ),
    "ElastiCache.2": (
        Rule(
            "elasticache-auto-minor-version-upgrade-check",
            CACHE,
            UPGRADES,
        ),
    ),
    "ElastiCache.3": (Rule("elasticache-repl-grp-auto-failover-enabled", GROUP, _fails_over),),
    "DMS.13": (
        Rule(
            "dms-replication-instance-multi-az-enabled",
            REPLICATION,
            on("MultiAZ", why="is in one availability zone"),
        ),
    ),
    "DMS.6": (
        Rule(
            "dms-auto-minor-version-upgrade-check",
            REPLICATION,
            UPGRADES,
        ),
    ),
}
