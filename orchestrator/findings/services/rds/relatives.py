"""DocumentDB and Neptune, whose clusters and snapshots RDS's calls describe and change.

With them what RDS asks of its own clusters in the same words.
Source: AWS Security Hub User Guide, "Security Hub controls for Amazon DocumentDB" and "… Neptune",
resource types AWS::RDS::DBCluster and AWS::RDS::DBClusterSnapshot; botocore's models of docdb and
neptune, which have the same operations and are signed for rds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from orchestrator.findings.causes import Cause, below, either, mentions, missing, omits, says
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
    number,
)
from orchestrator.findings.resource_type import ResourceType, Setting, always
from orchestrator.findings.services.rds import logs, snapshots
from orchestrator.findings.services.rds.clusters import MODIFY, copy_tags, log_in_with_iam, protect
from orchestrator.findings.services.rds.kinds import (
    CLUSTER,
    CLUSTER_MADE_BY,
    CLUSTER_NAMING,
    modify_cluster,
    named_by,
    others_pending,
    waiting,
)

KEPT, EXPORTS, IAM = (
    "BackupRetentionPeriod",
    "EnabledCloudwatchLogsExports",
    "IAMDatabaseAuthenticationEnabled",
)


def at_least(have: object, want: int) -> bool:
    return int(str(have or 0)) >= want


def days(target: Target) -> Json:
    return {KEPT: number(target, "days")}


def keep_backups(target: Target, aws: Aws, values: Json) -> None:
    modify_cluster(target, aws, {KEPT: values[KEPT], "ApplyImmediately": True})


@dataclass(frozen=True, slots=True)
class Relative:
    """`engine` is what RDS calls it, `noun` what remediations are named after."""

    engine: str
    noun: str

    @property
    def kind(self) -> ResourceType:
        """Clusters of the engine; all of RDS's own where it is ''."""
        return replace(CLUSTER, find=self.find, read=self.read) if self.engine else CLUSTER

    def find(self, _: Place, aws: Aws) -> Iterator[str]:
        for page in aws("rds").get_paginator("describe_db_clusters").paginate():
            yield from (r["DBClusterArn"] for r in page["DBClusters"] if r["Engine"] == self.engine)

    def read(self, target: Target, aws: Aws) -> Json | None:
        found = CLUSTER.read(target, aws)
        return found if found and found["Engine"] == self.engine else None

    def find_snapshots(self, _: Place, aws: Aws) -> Iterator[str]:
        paginator = aws("rds").get_paginator("describe_db_cluster_snapshots")
        for page in paginator.paginate(SnapshotType="manual"):
            for row in page["DBClusterSnapshots"]:
                if row["Engine"] == self.engine:
                    yield row["DBClusterSnapshotArn"]

    def protect(self, control: str) -> Remediation:
        return protect(self.kind, self.noun, control)

    def back_up(self, control: str) -> Remediation:
        return Setting(
            self.kind,
            days,
            keep_backups,
            "automatic backups are not kept for long enough",
            enough=at_least,
            refusing=others_pending(KEPT),
            unclear=waiting(KEPT),
        ).remediation(
            (KEPT,),
            name=f"keep-backups-of-{self.noun}",
            controls=(control,),
            causes=(
                Cause("rds", ("ModifyDBCluster",), below("backupRetentionPeriod", 7)),
                Cause(
                    "rds",
                    CLUSTER_MADE_BY,
                    either(missing("backupRetentionPeriod"), below("backupRetentionPeriod", 7)),
                ),
            ),
            risk=Risk.REVERSIBLE,
            effect="Keeps automatic backups of the cluster for so many days.",
            breaks="Nothing. Refused while other changes wait for the maintenance window.",
            writes=MODIFY,
            cost="Storage of the backups beyond the first day's.",
            parameters={"days": Parameter(7, "Days from 7 to 35.", "minimumBackupRetentionPeriod")},
        )

    def log_audits(self, control: str) -> Remediation:
        send, stop = logs.sending(modify_cluster), logs.stopping(self.kind, modify_cluster)
        made = Setting(
            self.kind,
            always(**{EXPORTS: ("audit",)}),
            send,
            "audit logs do not go to CloudWatch Logs",
            enough=logs.contains,
            unclear=waiting("PendingCloudwatchLogsExports"),
        ).remediation(
            (EXPORTS,),
            name=f"log-audits-of-{self.noun}",
            controls=(control,),
            causes=logs.unsent(False, ("audit",)),
            risk=Risk.REVERSIBLE,
            effect="Sends the cluster's audit logs to CloudWatch Logs.",
            breaks="Nothing. The cluster's parameter group decides what is audited.",
            writes=MODIFY,
            cost="CloudWatch Logs' price for what is audited.",
        )
        return replace(made, undo=stop)

    def log_in(self, control: str) -> Remediation:
        return Setting(
            self.kind,
            always(**{IAM: True}),
            log_in_with_iam,
            "login with IAM is off",
            refusing=others_pending(IAM),
            unclear=waiting(IAM),
        ).remediation(
            (IAM,),
            name=f"log-into-{self.noun}-with-iam",
            controls=(control,),
            causes=(
                Cause("rds", CLUSTER_MADE_BY, omits("enableIAMDatabaseAuthentication", "true")),
                Cause(
                    "rds", ("ModifyDBCluster",), says("enableIAMDatabaseAuthentication", "false")
                ),
            ),
            risk=Risk.DISRUPTIVE,
            effect="Asks for requests that are signed with IAM's credentials.",
            breaks="Clients that do not sign their requests with Signature Version 4.",
            writes=MODIFY,
        )

    def copy_tags(self, control: str) -> Remediation:
        return copy_tags(self.kind, self.noun, control)

    def make_private(self, control: str) -> Remediation:
        named = {each: f"rds:{each}" for each in CALLS}
        return replace(
            snapshots.REMEDIATIONS[0],
            name=f"make-{self.noun}-snapshot-private",
            controls=(control,),
            causes=(
                Cause(
                    "rds",
                    ("ModifyDBClusterSnapshotAttribute",),
                    mentions("all", under="valuesToAdd"),
                ),
            ),
            resource_type="AwsRdsDbClusterSnapshot",
            also=(),
            reads=(
                Permission(("rds:DescribeDBClusterSnapshots",), why="It lists all of them."),
                Permission((named[CALLS[0]],), SNAPSHOTS),
            ),
            writes=(Permission((named[CALLS[1]],), SNAPSHOTS),),
            find=self.find_snapshots,
        )


CALLS = ("DescribeDBClusterSnapshotAttributes", "ModifyDBClusterSnapshotAttribute")
SNAPSHOTS = ("arn:{partition}:rds:{region}:{account}:cluster-snapshot:*",)
DOCUMENTS, GRAPHS = Relative("docdb", "document-cluster"), Relative("neptune", "graph-cluster")
SQL, POSTGRESQL = Relative("mysql", "mysql-cluster"), Relative("postgres", "postgresql-cluster")
ALL = Relative("", "database-cluster")

REMEDIATIONS = (
    *named_by(
        CLUSTER_NAMING,
        DOCUMENTS.back_up("DocumentDB.2"),
        DOCUMENTS.log_audits("DocumentDB.4"),
        DOCUMENTS.protect("DocumentDB.5"),
        GRAPHS.log_audits("Neptune.2"),
        GRAPHS.protect("Neptune.4"),
        GRAPHS.back_up("Neptune.5"),
        GRAPHS.log_in("Neptune.7"),
        GRAPHS.copy_tags("Neptune.8"),
        POSTGRESQL.copy_tags("RDS.47"),
        SQL.copy_tags("RDS.48"),
        ALL.back_up("RDS.50"),
    ),
    DOCUMENTS.make_private("DocumentDB.3"),
    GRAPHS.make_private("Neptune.3"),
)
