"""Amazon RDS: where enhanced monitoring writes, and that a Multi-AZ cluster is in several zones.

Source: Amazon RDS API Reference, DBInstance (EnhancedMonitoringResourceArn), DBCluster (MultiAZ);
Amazon RDS User Guide, "Multi-AZ DB cluster deployments": a writer, and two readers in other zones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.rds.models import DBCluster, DBInstance

from orchestrator.sandbox import extend


def install() -> None:
    extend.amend(DBCluster, "multi_az", multi_az)
    DBInstance.enhanced_monitoring_resource_arn = property(monitored)


def multi_az(original: Callable[..., bool], self: Any) -> bool:
    """A cluster with an instance class of its own is such a deployment."""
    return bool(self.db_cluster_instance_class) or original(self)


def monitored(self: Any) -> str | None:
    if not self.monitoring_interval:
        return None
    group = f"arn:{self.partition}:logs:{self.region}:{self.account_id}:log-group:RDSOSMetrics"
    return f"{group}:log-stream:{self.dbi_resource_id}"
