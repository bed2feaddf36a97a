"""Settings of DB clusters."""

from __future__ import annotations

from orchestrator.findings.causes import Cause, omits, says
from orchestrator.findings.remediation import Aws, Json, Permission, Remediation, Risk, Target
from orchestrator.findings.resource_type import ResourceType, Setting, always
from orchestrator.findings.services.rds.kinds import (
    CLUSTER,
    CLUSTER_MADE_BY,
    CLUSTERS,
    OF_ITS_INSTANCES,
    modify_cluster,
    others_pending,
    waiting,
)

MODIFY = (Permission(("rds:ModifyDBCluster",), CLUSTERS), OF_ITS_INSTANCES)


def log_in_with_iam(target: Target, aws: Aws, values: Json) -> None:
    on = bool(values["IAMDatabaseAuthenticationEnabled"])
    wanted = {"EnableIAMDatabaseAuthentication": on, "ApplyImmediately": True}
    modify_cluster(target, aws, wanted)


def aurora(cluster: Json) -> bool:
    return str(cluster["Engine"]).startswith("aurora")


def protect(kind: ResourceType, noun: str, control: str) -> Remediation:
    """Deletion protection, of RDS's clusters and of those that its calls change as well."""
    return Setting(
        kind,
        always(DeletionProtection=True),
        modify_cluster,
        "it can be deleted by one call",
    ).remediation(
        ("DeletionProtection",),
        name=f"protect-{noun}",
        controls=(control,),
        causes=(
            Cause("rds", CLUSTER_MADE_BY, omits("deletionProtection", "true")),
            Cause("rds", ("ModifyDBCluster",), says("deletionProtection", "false")),
        ),
        risk=Risk.REVERSIBLE,
        effect="Turns on deletion protection.",
        breaks="To delete the cluster on purpose, an operator must turn it off first.",
        writes=MODIFY,
    )


def copy_tags(kind: ResourceType, noun: str, control: str) -> Remediation:
    """A cluster's tags on its new snapshots."""
    return Setting(
        kind,
        always(CopyTagsToSnapshot=True),
        modify_cluster,
        "its snapshots have no tags",
    ).remediation(
        ("CopyTagsToSnapshot",),
        name=f"copy-tags-of-{noun}",
        controls=(control,),
        causes=(
            Cause("rds", CLUSTER_MADE_BY, omits("copyTagsToSnapshot", "true")),
            Cause("rds", ("ModifyDBCluster",), says("copyTagsToSnapshot", "false")),
        ),
        risk=Risk.REVERSIBLE,
        effect="New snapshots get the cluster's tags.",
        breaks="Nothing.",
        writes=MODIFY,
    )


REMEDIATIONS = (
    protect(CLUSTER, "cluster", "RDS.7"),
    Setting(
        CLUSTER,
        always(IAMDatabaseAuthenticationEnabled=True),
        log_in_with_iam,
        "login with IAM is off",
        applies=aurora,
        refusing=others_pending("IAMDatabaseAuthenticationEnabled"),
        unclear=waiting("IAMDatabaseAuthenticationEnabled"),
    ).remediation(
        ("IAMDatabaseAuthenticationEnabled",),
        name="log-into-cluster-with-iam",
        controls=("RDS.12",),
        causes=(
            Cause("rds", CLUSTER_MADE_BY, omits("enableIAMDatabaseAuthentication", "true")),
            Cause("rds", ("ModifyDBCluster",), says("enableIAMDatabaseAuthentication", "false")),
        ),
        risk=Risk.REVERSIBLE,
        effect="Makes logging in with IAM possible; passwords work as before.",
        breaks="Nothing. Refused while other changes wait for the maintenance window.",
        writes=MODIFY,
    ),
    copy_tags(CLUSTER, "cluster", "RDS.16"),
    Setting(
        CLUSTER,
        always(AutoMinorVersionUpgrade=True),
        modify_cluster,
        "minor versions are not installed",
        applies=lambda cluster: not aurora(cluster),
    ).remediation(
        ("AutoMinorVersionUpgrade",),
        name="upgrade-cluster",
        controls=("RDS.35",),
        causes=(
            Cause(
                "rds",
                ("CreateDBCluster", "ModifyDBCluster"),
                says("autoMinorVersionUpgrade", "false"),
            ),
        ),
        risk=Risk.DISRUPTIVE,
        effect="Installs minor versions of the engine in the maintenance window.",
        breaks="The database restarts in its maintenance window when there is a new version.",
        writes=MODIFY,
    ),
)
