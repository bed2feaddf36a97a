"""EC2 and VPC."""

from __future__ import annotations

from orchestrator.findings.services.ec2 import (
    account,
    instances,
    networks,
    security_groups,
    tagging,
    vpcs,
)

REMEDIATIONS = (
    *account.REMEDIATIONS,
    *security_groups.REMEDIATIONS,
    *instances.REMEDIATIONS,
    *networks.REMEDIATIONS,
    *tagging.REMEDIATIONS,
    *vpcs.REMEDIATIONS,
)
