"""Security Hub's standards by their ARNs, and which of them nobody decides about here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.model.settings import Standard

RESOURCES: Mapping[Standard, str] = {
    Standard.AWS_FOUNDATIONAL: "aws-foundational-security-best-practices/v/1.0.0",
    Standard.CIS_1_4: "cis-aws-foundations-benchmark/v/1.4.0",
    Standard.CIS_3_0: "cis-aws-foundations-benchmark/v/3.0.0",
    Standard.CIS_5_0: "cis-aws-foundations-benchmark/v/5.0.0",
    Standard.AI_SECURITY: "ai-security-best-practices/v/1.0.0",
    Standard.NIST_800_53: "nist-800-53/v/5.0.0",
    Standard.NIST_800_171: "nist-800-171/v/2.0.0",
    Standard.PCI_DSS_3_2: "pci-dss/v/3.2.1",
    Standard.PCI_DSS_4_0: "pci-dss/v/4.0.1",
    Standard.RESOURCE_TAGGING: "aws-resource-tagging-standard/v/1.0.0",
}
"""Source: AWS Security Hub User Guide, "Standards reference" and the page of each standard;
DescribeStandards returns them."""
OLDEST = "ruleset/cis-aws-foundations-benchmark/v/1.2.0"
KNOWN: Mapping[str, Standard] = {
    **{path: standard for standard, path in RESOURCES.items()},
    OLDEST: Standard.CIS_1_2,
}
SERVICE_MANAGED = "service-managed-"
"""How the name of a standard begins that another service manages, such as AWS Control Tower:
neither policies nor Security Hub's own API switch it. Source: AWS Security Hub User Guide,
"Service-managed standards"."""


def partition_of(region: str) -> str:
    """Source: AWS General Reference, "AWS partitions"."""
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(region.rsplit("-", 2)[0], "aws")


def arn(standard: Standard, region: str) -> str:
    """The ARN of `standard` in `region`. The oldest one has no region and is a 'ruleset'."""
    if standard is Standard.CIS_1_2:
        return f"arn:{partition_of(region)}:securityhub:::{OLDEST}"
    return f"arn:{partition_of(region)}:securityhub:{region}::standards/{RESOURCES[standard]}"


def standard_of(arn: str) -> Standard | None:
    """The standard with this ARN, in whatever region; None for one that is not known here."""
    path = arn.split(":", 5)[-1].removeprefix("standards/")
    return KNOWN.get(path)


def undecided(
    enabled: Iterable[str], decided: Mapping[Standard, bool]
) -> tuple[list[Standard], list[str]]:
    """Of the ARNs of standards that are on: those that nothing is decided about, and those that
    are not known here. Standards that another service manages are neither.
    """
    opened, unknown = [], []
    for each in enabled:
        path = each.split(":", 5)[-1].removeprefix("standards/")
        standard = KNOWN.get(path)
        if standard and standard not in decided:
            opened.append(standard)
        elif not standard and not path.startswith(SERVICE_MANAGED):
            unknown.append(each)
    return opened, unknown
