"""Settings of DB instances."""

from __future__ import annotations

from dataclasses import replace
from operator import ge

from orchestrator.findings.causes import Cause, below, either, missing, omits, says
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Refused,
    Risk,
    Target,
    number,
    required,
)
from orchestrator.findings.resource_type import Setting, always, existing
from orchestrator.findings.services.rds.kinds import (
    INSTANCE,
    INSTANCE_MADE_BY,
    INSTANCES,
    alone,
    modify_instance,
    modify_instance_now,
    others_pending,
    waiting,
)

MODIFY = (Permission(("rds:ModifyDBInstance",), INSTANCES),)
LOGIN_ENGINES = ("mariadb", "mysql", "postgres")
"""Engines with IAM authentication. Source: RDS User Guide, "IAM database authentication"."""


INTERVALS = (1, 5, 10, 15, 30, 60)
"""Seconds. Source: Amazon RDS API Reference, ModifyDBInstance, MonitoringInterval."""


def monitor(target: Target, aws: Aws, values: Json) -> None:
    seconds = values["MonitoringInterval"] or INTERVALS[-1]
    if seconds not in INTERVALS:
        allowed = ", ".join(map(str, INTERVALS))
        raise Refused(f"RDS takes an interval of {allowed} seconds, not {seconds}")
    role = required(target, "role")
    modify_instance(target, aws, {"MonitoringInterval": seconds, "MonitoringRoleArn": role})


def as_decided(have: int | None, wanted: int) -> bool:
    """Exactly the interval that is decided, or any.

    Source: AWS Security Hub User Guide, RDS.6, monitoringInterval: no default value.
    """
    return have == wanted if wanted else bool(have)


def monitoring(target: Target, aws: Aws) -> Json:
    """The role counts only while it is used."""
    found = existing(INSTANCE, target, aws)
    seconds = found.get("MonitoringInterval") or 0
    return {
        "MonitoringInterval": seconds,
        "MonitoringRoleArn": found.get("MonitoringRoleArn") if seconds else None,
    }


def unmonitor(target: Target, aws: Aws, before: Json) -> None:
    modify_instance(target, aws, {k: v for k, v in before.items() if v is not None})


def log_in_with_iam(target: Target, aws: Aws, values: Json) -> None:
    on = bool(values["IAMDatabaseAuthenticationEnabled"])
    modify_instance_now(target, aws, {"EnableIAMDatabaseAuthentication": on})


MONITORED = Setting(
    INSTANCE,
    lambda target: {"MonitoringInterval": number(target, "interval")},
    monitor,
    "enhanced monitoring is off, or not as often as decided",
    enough=as_decided,
).remediation(
    ("MonitoringInterval", "MonitoringRoleArn"),
    name="monitor-instance",
    controls=("RDS.6",),
    causes=(
        Cause(
            "rds",
            INSTANCE_MADE_BY,
            either(missing("monitoringInterval"), says("monitoringInterval", "0")),
        ),
        Cause("rds", ("ModifyDBInstance",), says("monitoringInterval", "0")),
    ),
    risk=Risk.REVERSIBLE,
    effect="Turns on enhanced monitoring of the operating system.",
    breaks="Nothing.",
    writes=(
        *MODIFY,
        Permission(
            ("iam:PassRole",),
            ("arn:{partition}:iam::{account}:role/*",),
            {"StringEquals": {"iam:PassedToService": "monitoring.rds.amazonaws.com"}},
        ),
    ),
    cost="Per GB of metrics in CloudWatch Logs.",
    parameters={
        "role": Parameter("", "ARN of the role RDS sends the metrics with; required."),
        "interval": Parameter(
            0,
            "Seconds, exactly: 1, 5, 10, 15, 30 or 60; without one any will do, and 60 is set.",
            "monitoringInterval",
        ),
    },
)

REMEDIATIONS = (
    Setting(
        INSTANCE,
        always(PubliclyAccessible=False),
        modify_instance,
        "it has a public address",
    ).remediation(
        ("PubliclyAccessible",),
        name="make-instance-private",
        controls=("RDS.2",),
        causes=(
            Cause(
                "rds", (*INSTANCE_MADE_BY, "ModifyDBInstance"), says("publiclyAccessible", "true")
            ),
        ),
        risk=Risk.DISRUPTIVE,
        effect="The instance's name leads to its private address alone.",
        breaks="Clients outside of the VPC, and peered networks that reached the public address.",
        danger="The database answers on a public address again.",
        writes=MODIFY,
    ),
    Setting(
        INSTANCE,
        always(MultiAZ=True),
        modify_instance_now,
        "it has no standby in another zone",
        applies=alone,
        refusing=others_pending("MultiAZ"),
        unclear=waiting("MultiAZ"),
    ).remediation(
        ("MultiAZ",),
        name="add-standby",
        controls=("RDS.5",),
        causes=(
            Cause("rds", INSTANCE_MADE_BY, omits("multiAZ", "true")),
            Cause("rds", ("ModifyDBInstance",), says("multiAZ", "false")),
        ),
        risk=Risk.DISRUPTIVE,
        effect="Gives the instance a standby in another zone.",
        breaks="Writes are slower while the standby is made, and a little afterwards. Refused "
        "while other changes wait for the maintenance window.",
        writes=MODIFY,
        cost="About twice the price of the instance and its storage.",
    ),
    replace(MONITORED, before=monitoring, undo=unmonitor),
    Setting(
        INSTANCE,
        always(DeletionProtection=True),
        modify_instance,
        "it can be deleted by one call",
        applies=alone,
    ).remediation(
        ("DeletionProtection",),
        name="protect-instance",
        controls=("RDS.8",),
        causes=(
            Cause("rds", INSTANCE_MADE_BY, omits("deletionProtection", "true")),
            Cause("rds", ("ModifyDBInstance",), says("deletionProtection", "false")),
        ),
        risk=Risk.REVERSIBLE,
        effect="Turns on deletion protection.",
        breaks="To delete the instance on purpose, an operator must turn it off first.",
        writes=MODIFY,
    ),
    Setting(
        INSTANCE,
        always(IAMDatabaseAuthenticationEnabled=True),
        log_in_with_iam,
        "login with IAM is off",
        applies=lambda found: alone(found) and found["Engine"] in LOGIN_ENGINES,
        refusing=others_pending("IAMDatabaseAuthenticationEnabled"),
        unclear=waiting("IAMDatabaseAuthenticationEnabled"),
    ).remediation(
        ("IAMDatabaseAuthenticationEnabled",),
        name="log-into-instance-with-iam",
        controls=("RDS.10",),
        causes=(
            Cause("rds", INSTANCE_MADE_BY, omits("enableIAMDatabaseAuthentication", "true")),
            Cause("rds", ("ModifyDBInstance",), says("enableIAMDatabaseAuthentication", "false")),
        ),
        risk=Risk.REVERSIBLE,
        effect="Makes logging in with IAM possible; passwords work as before.",
        breaks="Nothing. Refused while other changes wait for the maintenance window.",
        writes=MODIFY,
    ),
    Setting(
        INSTANCE,
        lambda target: {"BackupRetentionPeriod": number(target, "days")},
        modify_instance_now,
        "automatic backups are off or kept too short",
        enough=ge,
        applies=lambda found: (
            alone(found) and not found.get("ReadReplicaSourceDBInstanceIdentifier")
        ),
        refusing=others_pending("BackupRetentionPeriod"),
        unclear=waiting("BackupRetentionPeriod"),
    ).remediation(
        ("BackupRetentionPeriod",),
        name="back-up-instance",
        controls=("RDS.11",),
        causes=(
            Cause(
                "rds",
                ("CreateDBInstance",),
                either(missing("backupRetentionPeriod"), below("backupRetentionPeriod", 7)),
            ),
            Cause("rds", ("ModifyDBInstance",), below("backupRetentionPeriod", 7)),
        ),
        risk=Risk.DISRUPTIVE,
        effect="Keeps automatic backups for so many days.",
        breaks="The instance may be down for some seconds when backups were off. Undo to 'off' "
        "deletes the backups made meanwhile. Refused while other changes wait for the "
        "maintenance window.",
        writes=MODIFY,
        cost="Backup storage above the size of the databases.",
        parameters={"days": Parameter(7, "Days to keep, 7 to 35.", "backupRetentionMinimum")},
    ),
    Setting(
        INSTANCE,
        always(AutoMinorVersionUpgrade=True),
        modify_instance,
        "minor versions are not installed",
    ).remediation(
        ("AutoMinorVersionUpgrade",),
        name="upgrade-instance",
        controls=("RDS.13",),
        causes=(
            Cause(
                "rds",
                (*INSTANCE_MADE_BY, "ModifyDBInstance"),
                says("autoMinorVersionUpgrade", "false"),
            ),
        ),
        risk=Risk.DISRUPTIVE,
        effect="Installs minor versions of the engine in the maintenance window.",
        breaks="The database restarts in its maintenance window when there is a new version.",
        writes=MODIFY,
    ),
    Setting(
        INSTANCE,
        always(CopyTagsToSnapshot=True),
        modify_instance,
        "its snapshots have no tags",
        applies=alone,
    ).remediation(
        ("CopyTagsToSnapshot",),
        name="copy-tags-of-instance",
        controls=("RDS.17",),
        causes=(
            Cause("rds", INSTANCE_MADE_BY, omits("copyTagsToSnapshot", "true")),
            Cause("rds", ("ModifyDBInstance",), says("copyTagsToSnapshot", "false")),
        ),
        risk=Risk.REVERSIBLE,
        effect="New snapshots get the instance's tags.",
        breaks="Nothing.",
        writes=MODIFY,
    ),
)
