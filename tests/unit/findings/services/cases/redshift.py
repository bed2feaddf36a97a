from __future__ import annotations

from typing import Any

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import TAG_LIST, Builder, Case

NOBODY = "arn:aws:redshift:eu-west-1:123456789012:cluster:nobody"


def warehouse(name: str = "sales", **given: Any) -> Builder:
    def build(aws: Aws) -> str:
        aws("redshift").create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.large",
            MasterUsername="owner",
            MasterUserPassword="Not-a-secret-1",
            Tags=TAG_LIST,
            **given,
        )
        return f"arn:aws:redshift:eu-west-1:123456789012:cluster:{name}"

    return build


def a_bucket(aws: Aws, name: str) -> None:
    aws("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )


def a_logged_warehouse(aws: Aws) -> str:
    arn = warehouse("fine")(aws)
    a_bucket(aws, "others")
    aws("redshift").enable_logging(ClusterIdentifier="fine", BucketName="others")
    return arn


def a_warehouse_and_a_bucket(aws: Aws) -> str:
    a_bucket(aws, "audit-123456789012")
    return warehouse()(aws)


CASES = (
    Case(
        "Redshift.1",
        warehouse(PubliclyAccessible=True),
        warehouse("fine", PubliclyAccessible=False),
        NOBODY,
    ),
    Case(
        "Redshift.3",
        warehouse(AutomatedSnapshotRetentionPeriod=1),
        warehouse("fine", AutomatedSnapshotRetentionPeriod=8),
        NOBODY,
    ),
    Case(
        "Redshift.4",
        a_warehouse_and_a_bucket,
        a_logged_warehouse,
        NOBODY,
        {"bucket": "audit-{account}", "prefix": "sales/"},
    ),
    Case(
        "Redshift.6",
        warehouse(AllowVersionUpgrade=False),
        warehouse("fine", AllowVersionUpgrade=True),
        NOBODY,
    ),
    Case(
        "Redshift.7",
        warehouse(EnhancedVpcRouting=False),
        warehouse("fine", EnhancedVpcRouting=True),
        NOBODY,
    ),
)
