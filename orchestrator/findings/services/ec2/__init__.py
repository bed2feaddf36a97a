"""EC2 and VPC."""

from __future__ import annotations

from orchestrator.findings.services.ec2 import (
    account,
    default_groups,
    endpoints,
    flow_logs,
    instances,
    networks,
    open_groups,
    templates,
)

REMEDIATIONS = (
    *account.REMEDIATIONS,
    *default_groups.REMEDIATIONS,
    *open_groups.REMEDIATIONS,
    *instances.REMEDIATIONS,
    *templates.REMEDIATIONS,
    *networks.REMEDIATIONS,
    *flow_logs.REMEDIATIONS,
    *endpoints.REMEDIATIONS,
)
