"""EC2 and VPC."""

from __future__ import annotations

from orchestrator.findings.services.ec2 import (
    account,
    instances,
    lists,
    networks,
    security_groups,
    tags,
    templates,
    vpcs,
)

REMEDIATIONS = (
    *account.REMEDIATIONS,
    *security_groups.REMEDIATIONS,
    *instances.REMEDIATIONS,
    *lists.REMEDIATIONS,
    *networks.REMEDIATIONS,
    *tags.REMEDIATIONS,
    *templates.REMEDIATIONS,
    *vpcs.REMEDIATIONS,
)
