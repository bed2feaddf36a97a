"""EC2 and VPC."""

from __future__ import annotations

from orchestrator.findings.services.ec2 import (
    account,
    instances,
    networks,
    security_groups,
    tags,
    vpcs,
)

REMEDIATIONS = (
    *account.REMEDIATIONS,
    *security_groups.REMEDIATIONS,
    *instances.REMEDIATIONS,
    *networks.REMEDIATIONS,
    *tags.REMEDIATIONS,
    *vpcs.REMEDIATIONS,
)
