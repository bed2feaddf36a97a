"""Logs that RDS sends to CloudWatch Logs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from orchestrator.findings.causes import Cause, either, mentions, negated
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Remediation,
    Risk,
    Target,
    several,
)
from orchestrator.findings.resource_type import Change, ResourceType, Setting, existing
from orchestrator.findings.services.rds.kinds import (
    CLUSTER,
    CLUSTER_MADE_BY,
    CLUSTERS,
    INSTANCE,
    INSTANCE_MADE_BY,
    OF_ITS_INSTANCES,
    alone,
    modify_cluster,
    modify_instance,
    waiting,
)

KEY = "EnabledCloudwatchLogsExports"


def contains(have: Any, want: tuple[str, ...]) -> bool:
    return set(want) <= set(have or ())


def sending(modify: Change) -> Change:
    """Send more; what is sent already goes on."""

    def send(target: Target, aws: Aws, values: Json) -> None:
        wanted = {"EnableLogTypes": list(values[KEY])}
        modify(target, aws, {"CloudwatchLogsExportConfiguration": wanted})

    return send


def stopping(kind: ResourceType, modify: Change) -> Change:
    """Send no more than before."""

    def stop(target: Target, aws: Aws, before: Json) -> None:
        sent = existing(kind, target, aws).get(KEY) or ()
        more = sorted(set(sent) - set(before[KEY] or ()))
        if more:
            modify(target, aws, {"CloudwatchLogsExportConfiguration": {"DisableLogTypes": more}})

    return stop


def publishing(
    control: str, name: str, kind: ResourceType, engines: tuple[str, ...], types: tuple[str, ...]
) -> Remediation:
    of_instance = kind is INSTANCE
    modify = modify_instance if of_instance else modify_cluster
    of_cluster = (Permission(("rds:ModifyDBCluster",), CLUSTERS), OF_ITS_INSTANCES)
    made = Setting(
        kind,
        lambda target: {KEY: several(target, "log_types")},
        sending(modify),
        "not all logs go to CloudWatch Logs",
        enough=contains,
        applies=lambda found: found["Engine"] in engines and alone_or_cluster(found, of_instance),
        unclear=waiting("PendingCloudwatchLogsExports"),
    ).remediation(
        (KEY,),
        name=name,
        controls=(control,),
        causes=unsent(of_instance, types),
        risk=Risk.REVERSIBLE,
        effect="Sends the engine's logs to CloudWatch Logs.",
        breaks="Nothing. What the engine writes into them, its parameter and option groups say.",
        writes=(OF_ITS_INSTANCES,) if of_instance else of_cluster,
        cost="Per GB taken in and kept.",
        parameters={"log_types": Parameter(types, "The logs to send.", "logTypes")},
    )
    return replace(made, undo=stopping(kind, modify))


def unsent(of_instance: bool, types: tuple[str, ...]) -> tuple[Cause, ...]:
    """Made without sending all of these, or told to stop sending one."""
    creates, modify = (
        (INSTANCE_MADE_BY, "ModifyDBInstance")
        if of_instance
        else (CLUSTER_MADE_BY, "ModifyDBCluster")
    )
    lacking = (negated(mentions(each, under="enableCloudwatchLogsExports")) for each in types)
    stopped = mentions(*types, under="cloudwatchLogsExportConfiguration.disableLogTypes")
    return (Cause("rds", creates, either(*lacking)), Cause("rds", (modify,), stopped))


def alone_or_cluster(found: Json, of_instance: bool) -> bool:
    return alone(found) if of_instance else True


SQL_SERVER = ("sqlserver-ee", "sqlserver-se", "sqlserver-ex", "sqlserver-web")

OF_INSTANCES = (
    publishing("RDS.36", "publish-postgresql-logs", INSTANCE, ("postgres",), ("postgresql",)),
    publishing("RDS.42", "publish-mariadb-logs", INSTANCE, ("mariadb",), ("audit", "error")),
    publishing("RDS.40", "publish-sql-server-logs", INSTANCE, SQL_SERVER, ("agent", "error")),
)
OF_CLUSTERS = (
    publishing("RDS.34", "publish-aurora-mysql-audit", CLUSTER, ("aurora-mysql",), ("audit",)),
    publishing(
        "RDS.37", "publish-aurora-postgresql-logs", CLUSTER, ("aurora-postgresql",), ("postgresql",)
    ),
)
