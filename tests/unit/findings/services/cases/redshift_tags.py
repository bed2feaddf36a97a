from __future__ import annotations

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services.cases.redshift import warehouse
from tests.unit.findings.services.cycle import TAG_LIST, Builder, Case

HERE = "arn:aws:redshift:eu-west-1:123456789012"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}


def a_snapshot(name: str) -> Builder:
    def build(aws: Aws) -> str:
        warehouse(name)(aws)
        aws("redshift").create_cluster_snapshot(
            SnapshotIdentifier=f"{name}-1", ClusterIdentifier=name, Tags=TAG_LIST
        )
        return f"{HERE}:snapshot:{name}/{name}-1"

    return build


def a_subnet_group(name: str) -> Builder:
    def build(aws: Aws) -> str:
        ec2 = aws("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        aws("redshift").create_cluster_subnet_group(
            ClusterSubnetGroupName=name,
            Description="inside",
            SubnetIds=[subnet],
            Tags=TAG_LIST,
        )
        return f"{HERE}:subnetgroup:{name}"

    return build


def a_parameter_group(name: str) -> Builder:
    def build(aws: Aws) -> str:
        aws("redshift").create_cluster_parameter_group(
            ParameterGroupName=name,
            ParameterGroupFamily="redshift-1.0",
            Description="ours",
            Tags=TAG_LIST,
        )
        return f"{HERE}:parametergroup:{name}"

    return build


def owned(build: Builder) -> Builder:
    """With the tag that is asked for, too."""

    def made(aws: Aws) -> str:
        arn = build(aws)
        aws("redshift").create_tags(ResourceName=arn, Tags=[{"Key": "owner", "Value": "x"}])
        return arn

    return made


CASES = (
    Case("Redshift.11", warehouse(), owned(warehouse("fine")), f"{HERE}:cluster:nobody", TAGGING),
    Case(
        "Redshift.13",
        a_snapshot("sales"),
        owned(a_snapshot("fine")),
        f"{HERE}:snapshot:nobody/nobody-1",
        TAGGING,
    ),
    Case(
        "Redshift.14",
        a_subnet_group("sales"),
        owned(a_subnet_group("fine")),
        f"{HERE}:subnetgroup:nobody",
        TAGGING,
    ),
    Case(
        "Redshift.17",
        a_parameter_group("sales"),
        owned(a_parameter_group("fine")),
        f"{HERE}:parametergroup:nobody",
        TAGGING,
    ),
)
