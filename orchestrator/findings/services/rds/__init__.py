"""RDS and Aurora."""

from __future__ import annotations

from orchestrator.findings.services.rds import clusters, instances, logs, relatives, snapshots, tags
from orchestrator.findings.services.rds.kinds import CLUSTER_NAMING, INSTANCE_NAMING, named_by

REMEDIATIONS = (
    *named_by(INSTANCE_NAMING, *instances.REMEDIATIONS, *logs.OF_INSTANCES),
    *named_by(CLUSTER_NAMING, *clusters.REMEDIATIONS, *logs.OF_CLUSTERS),
    *snapshots.REMEDIATIONS,
    *relatives.REMEDIATIONS,
    *tags.REMEDIATIONS,
)
