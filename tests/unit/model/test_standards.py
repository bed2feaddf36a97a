"""ARNs of standards. Source of each: the standard's own page of the AWS Security Hub User Guide."""

from __future__ import annotations

import pytest

from orchestrator.model.settings import Standard
from orchestrator.model.standards import arn, undecided

PUBLISHED = {
    Standard.AI_SECURITY: "arn:aws:securityhub:R::standards/ai-security-best-practices/v/1.0.0",
    Standard.AWS_FOUNDATIONAL: (
        "arn:aws:securityhub:R::standards/aws-foundational-security-best-practices/v/1.0.0"
    ),
    Standard.CIS_1_2: "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0",
    Standard.CIS_1_4: "arn:aws:securityhub:R::standards/cis-aws-foundations-benchmark/v/1.4.0",
    Standard.CIS_3_0: "arn:aws:securityhub:R::standards/cis-aws-foundations-benchmark/v/3.0.0",
    Standard.CIS_5_0: "arn:aws:securityhub:R::standards/cis-aws-foundations-benchmark/v/5.0.0",
    Standard.NIST_800_53: "arn:aws:securityhub:R::standards/nist-800-53/v/5.0.0",
    Standard.NIST_800_171: "arn:aws:securityhub:R::standards/nist-800-171/v/2.0.0",
    Standard.PCI_DSS_3_2: "arn:aws:securityhub:R::standards/pci-dss/v/3.2.1",
    Standard.PCI_DSS_4_0: "arn:aws:securityhub:R::standards/pci-dss/v/4.0.1",
    Standard.RESOURCE_TAGGING: (
        "arn:aws:securityhub:R::standards/aws-resource-tagging-standard/v/1.0.0"
    ),
}
TOWER = "arn:aws:securityhub:us-east-1::standards/service-managed-aws-control-tower/v/1.0.0"
NEXT_YEARS = "arn:aws:securityhub:us-east-1::standards/cis-aws-foundations-benchmark/v/9.0.0"


@pytest.mark.parametrize("standard", list(Standard))
def test_a_standard_has_the_arn_that_aws_publishes(standard: Standard) -> None:
    assert arn(standard, "us-east-1") == PUBLISHED[standard].replace(":R:", ":us-east-1:")


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_an_arn_is_in_the_partition_of_its_region(region: str, partition: str) -> None:
    said = arn(Standard.CIS_5_0, region)

    assert said == PUBLISHED[Standard.CIS_5_0].replace("arn:aws:", f"arn:{partition}:").replace(
        ":R:", f":{region}:"
    )


def test_what_is_on_is_decided_undecided_unknown_or_another_services() -> None:
    on = [arn(each, "us-east-1") for each in (Standard.CIS_1_2, Standard.CIS_5_0)]

    opened, unknown = undecided([*on, TOWER, NEXT_YEARS], {Standard.CIS_5_0: False})

    assert opened == [Standard.CIS_1_2]
    assert unknown == [NEXT_YEARS]
