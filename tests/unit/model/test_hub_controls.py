"""Which standards a control is in. The witness is AWS: its user guide, and a hub's own answer."""

from __future__ import annotations

from orchestrator.model.hub_controls import came_along, listed
from orchestrator.model.names import ControlId
from orchestrator.model.settings import Standard

CIS_5_0 = """
Account.1 CloudTrail.1 CloudTrail.2 CloudTrail.4 CloudTrail.7 Config.1 EC2.2 EC2.6 EC2.7 EC2.8
EC2.21 EC2.53 EC2.54 EFS.1 EFS.8 IAM.2 IAM.3 IAM.4 IAM.5 IAM.6 IAM.9 IAM.15 IAM.16 IAM.18 IAM.22
IAM.26 IAM.27 IAM.28 KMS.4 RDS.2 RDS.3 RDS.5 RDS.13 RDS.15 S3.1 S3.5 S3.8 S3.20 S3.22 S3.23
"""
"""Source: AWS Security Hub User Guide, "CIS AWS Foundations Benchmark version 5.0.0"."""

IN_MARCH_2025 = {
    Standard.AWS_FOUNDATIONAL: 306,
    Standard.NIST_800_53: 291,
    Standard.PCI_DSS_4_0: 144,
    Standard.RESOURCE_TAGGING: 122,
    Standard.PCI_DSS_3_2: 44,
    Standard.CIS_1_2: 42,
    Standard.CIS_1_4: 39,
    Standard.CIS_3_0: 37,
    Standard.CIS_5_0: 40,
}


def test_the_newest_benchmark_has_the_controls_that_aws_names() -> None:
    named = {c for c, each in came_along().items() if Standard.CIS_5_0 in each.standards}

    assert named == set(CIS_5_0.split())


def test_each_standard_has_as_many_controls_as_the_hub_counted() -> None:
    counts = {
        standard: sum(standard in each.standards for each in came_along().values())
        for standard in listed(came_along())
    }

    assert counts == IN_MARCH_2025


def test_severities_are_those_of_the_hub() -> None:
    known = came_along()

    said = {c: known[ControlId(c)].severity.value for c in ("IAM.4", "S3.8", "ACM.1", "ACM.3")}
    assert said == {"IAM.4": "CRITICAL", "S3.8": "HIGH", "ACM.1": "MEDIUM", "ACM.3": "LOW"}
