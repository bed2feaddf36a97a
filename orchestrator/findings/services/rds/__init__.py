"""RDS and Aurora."""

from __future__ import annotations

from orchestrator.findings.services.rds import clusters, instances, logs, snapshots

REMEDIATIONS = (
    *instances.REMEDIATIONS,
    *clusters.REMEDIATIONS,
    *logs.REMEDIATIONS,
    *snapshots.REMEDIATIONS,
)
