"""RDS.

Source: AWS Security Hub User Guide, "Security Hub controls for Amazon RDS"; AWS Config Developer
Guide, the managed rule that each names.
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.checks.answers import Reader
from orchestrator.sandbox.checks.rule import Fault, Parameters, Rule, Rules, Subject, named, off, on

AURORA = ("aurora", "aurora-mysql", "aurora-postgresql")
ENGINES_IN_A_CLUSTER = (*AURORA, "docdb", "neptune")
PROTECTED = ("mariadb", "mysql", "postgres", "oracle-", "custom-oracle-", "sqlserver-")
WITH_IAM = ("mysql", "postgres", "mariadb", *AURORA)


def _rds(kind: str, operation: str, key: str, arn: str) -> Subject:
    return Subject(kind, lambda reader: reader.all("rds", operation, key), named(arn))


INSTANCE = _rds("AwsRdsDbInstance", "describe_db_instances", "DBInstances", "DBInstanceArn")
CLUSTER = _rds("AwsRdsDbCluster", "describe_db_clusters", "DBClusters", "DBClusterArn")
SNAPSHOT = _rds("AwsRdsDbSnapshot", "describe_db_snapshots", "DBSnapshots", "DBSnapshotArn")
CLUSTER_SNAPSHOT = _rds(
    *("AwsRdsDbClusterSnapshot", "describe_db_cluster_snapshots"),
    *("DBClusterSnapshots", "DBClusterSnapshotArn"),
)


def _of(engines: tuple[str, ...], fault: Fault) -> Fault:
    """Only of these engines; others are not looked at."""
    return lambda found, reader, given: (
        fault(found, reader, given) if found["Engine"].startswith(engines) else ""
    )


def _not_of(engines: tuple[str, ...], fault: Fault) -> Fault:
    return lambda found, reader, given: (
        "" if found["Engine"].startswith(engines) else fault(found, reader, given)
    )


def _public(operation: str, key: str, attributes: str, given: str) -> Fault:
    """Source: rds-snapshots-public-prohibited: 'all' may restore a manual snapshot."""

    def fault(snapshot: Any, reader: Reader, _: Parameters) -> str:
        if snapshot.get("SnapshotType", "manual") != "manual":
            return ""
        found = reader.get("rds", operation, key, attributes, **{given: snapshot[given]}) or []
        names = {v for a in found if a["AttributeName"] == "restore" for v in a["AttributeValues"]}
        return "the public can restore it" if "all" in names else ""

    return fault


_SNAPSHOT_PUBLIC = _public(
    *("describe_db_snapshot_attributes", "DBSnapshotAttributesResult", "DBSnapshotAttributes"),
    "DBSnapshotIdentifier",
)
_CLUSTER_SNAPSHOT_PUBLIC = _public(
    *("describe_db_cluster_snapshot_attributes", "DBClusterSnapshotAttributesResult"),
    *("DBClusterSnapshotAttributes", "DBClusterSnapshotIdentifier"),
)


def _monitored(instance: Any, _: Reader, parameters: Parameters) -> str:
    """Source: rds-enhanced-monitoring-enabled; monitoringInterval exactly as set, else any."""
    interval, wanted = instance.get("MonitoringInterval") or 0, parameters.get("monitoringInterval")
    if wanted:
        return "" if interval == wanted else f"is monitored every {interval} seconds"
    return "" if interval else "has no enhanced monitoring"


def _backed_up(instance: Any, _: Reader, parameters: Parameters) -> str:
    """Source: db-instance-backup-enabled; backupRetentionMinimum 7; no read replicas by default."""
    if instance.get("ReadReplicaSourceDBInstanceIdentifier"):
        return ""
    days = instance.get("BackupRetentionPeriod") or 0
    wanted = parameters.get("backupRetentionMinimum", 7)
    return "" if days >= wanted else f"backups are kept for {days} days"


def _exports(default: tuple[str, ...]) -> Fault:
    """Sends all of these logs to CloudWatch Logs."""

    def fault(found: Any, _: Reader, parameters: Parameters) -> str:
        given = parameters.get("logTypes") or default
        wanted = set(given.split(",") if isinstance(given, str) else given)
        missing = wanted - set(found.get("EnabledCloudwatchLogsExports") or ())
        return f"does not send the logs {sorted(missing)}" if missing else ""

    return fault


def _only(engine: str, subject: Subject) -> Subject:
    """DocumentDB's or Neptune's, which RDS lists among its own."""

    def listed(reader: Reader) -> list[Any]:
        return [each for each in subject.resources(reader) if each["Engine"] == engine]

    return Subject(subject.kind, listed, subject.arn)


def _kept(cluster: Any, _: Reader, parameters: Parameters) -> str:
    """Source: …-cluster-backup-retention-check; minimumBackupRetentionPeriod 7."""
    days = cluster.get("BackupRetentionPeriod") or 0
    wanted = parameters.get("minimumBackupRetentionPeriod", 7)
    return "" if days >= wanted else f"backups are kept for {days} days"


UPGRADES = on("AutoMinorVersionUpgrade", why="does not take minor versions by itself")
IAM = on("IAMDatabaseAuthenticationEnabled", why="does not take IAM's identities")
COPIES = on("CopyTagsToSnapshot", why="does not copy its tags to snapshots")
PROTECTION = on("DeletionProtection", why="can be deleted")

DOCUMENTS, GRAPHS = _only("docdb", CLUSTER), _only("neptune", CLUSTER)
AUDITS = _exports(("audit",))

RULES: Rules = {
    "DocumentDB.2": (Rule("docdb-cluster-backup-retention-check", DOCUMENTS, _kept),),
    "DocumentDB.3": (
        Rule(
            "docdb-cluster-snapshot-public-prohibited",
            _only("docdb", CLUSTER_SNAPSHOT),
            _CLUSTER_SNAPSHOT_PUBLIC,
        ),
    ),
    "DocumentDB.4": (Rule("docdb-cluster-audit-logging-enabled", DOCUMENTS, AUDITS),),
    "DocumentDB.5": (Rule("docdb-cluster-deletion-protection-enabled", DOCUMENTS, PROTECTION),),
    "Neptune.2": (Rule("neptune-cluster-cloudwatch-log-export-enabled", GRAPHS, AUDITS),),
    "Neptune.3": (
        Rule(
            "neptune-cluster-snapshot-public-prohibited",
            _only("neptune", CLUSTER_SNAPSHOT),
            _CLUSTER_SNAPSHOT_PUBLIC,
        ),
    ),
    "Neptune.4": (Rule("neptune-cluster-deletion-protection-enabled", GRAPHS, PROTECTION),),
    "Neptune.5": (Rule("neptune-cluster-backup-retention-check", GRAPHS, _kept),),
    "Neptune.7": (Rule("neptune-cluster-iam-database-authentication", GRAPHS, IAM),),
    "Neptune.8": (Rule("neptune-cluster-copy-tags-to-snapshot-enabled", GRAPHS, COPIES),),
    "RDS.47": (
        Rule("rds-pgsql-cluster-copy-tags-to-snapshot-check", _only("postgres", CLUSTER), COPIES),
    ),
    "RDS.48": (
        Rule("rds-mysql-cluster-copy-tags-to-snapshot-check", _only("mysql", CLUSTER), COPIES),
    ),
    "RDS.50": (
        Rule("rds-cluster-backup-retention-check", CLUSTER, _not_of(("docdb", "neptune"), _kept)),
    ),
    "RDS.1": (
        Rule("rds-snapshots-public-prohibited", SNAPSHOT, _SNAPSHOT_PUBLIC),
        Rule("rds-snapshots-public-prohibited", CLUSTER_SNAPSHOT, _CLUSTER_SNAPSHOT_PUBLIC),
    ),
    "RDS.2": (
        Rule(
            "rds-instance-public-access-check", INSTANCE, off("PubliclyAccessible", why="is public")
        ),
    ),
    "RDS.3": (
        Rule("rds-storage-encrypted", INSTANCE, on("StorageEncrypted", why="is not encrypted")),
    ),
    "RDS.4": (
        Rule("rds-snapshot-encrypted", SNAPSHOT, on("Encrypted", why="is not encrypted")),
        Rule(
            "rds-snapshot-encrypted", CLUSTER_SNAPSHOT, on("StorageEncrypted", why="not encrypted")
        ),
    ),
    "RDS.5": (
        Rule(
            "rds-multi-az-support",
            INSTANCE,
            _not_of(ENGINES_IN_A_CLUSTER, on("MultiAZ", why="is in one availability zone")),
        ),
    ),
    "RDS.6": (Rule("rds-enhanced-monitoring-enabled", INSTANCE, _monitored),),
    "RDS.7": (Rule("rds-cluster-deletion-protection-enabled", CLUSTER, PROTECTION),),
    "RDS.8": (
        Rule("rds-instance-deletion-protection-enabled", INSTANCE, _of(PROTECTED, PROTECTION)),
    ),
    "RDS.10": (Rule("rds-instance-iam-authentication-enabled", INSTANCE, _of(WITH_IAM, IAM)),),
    "RDS.11": (Rule("db-instance-backup-enabled", INSTANCE, _backed_up),),
    "RDS.12": (Rule("rds-cluster-iam-authentication-enabled", CLUSTER, IAM),),
    "RDS.13": (
        Rule(
            "rds-automatic-minor-version-upgrade-enabled",
            INSTANCE,
            UPGRADES,
        ),
    ),
    "RDS.16": (Rule("rds-cluster-copy-tags-to-snapshots-enabled", CLUSTER, COPIES),),
    "RDS.17": (
        Rule("rds-instance-copy-tags-to-snapshots-enabled", INSTANCE, _not_of(AURORA, COPIES)),
    ),
    "RDS.34": (
        Rule(
            "rds-aurora-mysql-audit-logging-enabled",
            CLUSTER,
            _of(("aurora-mysql",), _exports(("audit",))),
        ),
    ),
    "RDS.35": (
        Rule(
            "rds-cluster-auto-minor-version-upgrade-enable",
            CLUSTER,
            _not_of(ENGINES_IN_A_CLUSTER, UPGRADES),
        ),
    ),
    "RDS.36": (
        Rule(
            "rds-postgresql-logs-to-cloudwatch",
            INSTANCE,
            _of(("postgres",), _exports(("postgresql",))),
        ),
    ),
    "RDS.37": (
        Rule(
            "rds-aurora-postgresql-logs-to-cloudwatch",
            CLUSTER,
            _of(("aurora-postgresql",), _exports(("postgresql",))),
        ),
    ),
    "RDS.40": (
        Rule(
            "rds-sql-server-logs-to-cloudwatch",
            INSTANCE,
            _of(("sqlserver-",), _exports(("agent", "error"))),
        ),
    ),
    "RDS.42": (
        Rule(
            "mariadb-publish-logs-to-cloudwatch-logs",
            INSTANCE,
            _of(("mariadb",), _exports(("audit", "error"))),
        ),
    ),
}
