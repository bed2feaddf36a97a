"""Security Hub's standards as AWS names them."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.model.settings import Standard

# Source: AWS Security Hub User Guide, "Standards reference"; DescribeStandards returns them.
RESOURCES: Mapping[Standard, str] = {
    Standard.AWS_FOUNDATIONAL: "aws-foundational-security-best-practices/v/1.0.0",
    Standard.CIS_1_4: "cis-aws-foundations-benchmark/v/1.4.0",
    Standard.CIS_3_0: "cis-aws-foundations-benchmark/v/3.0.0",
    Standard.NIST_800_53: "nist-800-53/v/5.0.0",
    Standard.NIST_800_171: "nist-800-171/v/2.0.0",
    Standard.PCI_DSS_3_2: "pci-dss/v/3.2.1",
    Standard.PCI_DSS_4_0: "pci-dss/v/4.0.1",
    Standard.RESOURCE_TAGGING: "aws-resource-tagging-standard/v/1.0.0",
}


def arn(standard: Standard, region: str) -> str:
    """The ARN of `standard` in `region`. The oldest one has no region and is a 'ruleset'."""
    if standard is Standard.CIS_1_2:
        return "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0"
    return f"arn:aws:securityhub:{region}::standards/{RESOURCES[standard]}"
