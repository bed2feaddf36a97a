"""Amazon RDS: where enhanced monitoring writes, and that a Multi-AZ cluster is in several zones.

Certificate authorities and engine versions are listed: of the versions a few that were there in the
middle of 2025, and none of them is asked for when a database is made.
Source: Amazon RDS API Reference, DBInstance (EnhancedMonitoringResourceArn), DBCluster (MultiAZ);
Amazon RDS User Guide, "Multi-AZ DB cluster deployments": a writer, and two readers in other zones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.rds.models import DBCluster, DBInstance
from moto.rds.responses import RDSResponse

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.rds.engines import (
    describe_certificates,
    describe_db_engine_versions,
)


def install() -> None:
    extend.amend(DBCluster, "multi_az", multi_az)
    RDSResponse.describe_certificates = describe_certificates
    RDSResponse.describe_db_engine_versions = describe_db_engine_versions
    DBInstance.enhanced_monitoring_resource_arn = property(monitored)


def multi_az(original: Callable[..., bool], self: Any) -> bool:
    """A cluster with an instance class of its own is such a deployment."""
    return bool(self.db_cluster_instance_class) or original(self)


def monitored(self: Any) -> str | None:
    if not self.monitoring_interval:
        return None
    group = f"arn:{self.partition}:logs:{self.region}:{self.account_id}:log-group:RDSOSMetrics"
    return f"{group}:log-stream:{self.dbi_resource_id}"
