"""The controls that ask for tags on what Redshift has.

Source: AWS Security Hub User Guide, Redshift.11, .13, .14 and .17; botocore's model of Redshift;
Service Authorization Reference, Amazon Redshift, for the ARNs.
"""

from __future__ import annotations

from typing import Any

from orchestrator.findings.arn import of
from orchestrator.findings.remediation import Place
from orchestrator.findings.tag_calls import Tagged, by_list, made

STYLE = by_list("ResourceName", ("Tags", "TagKeys"), ("", "CreateTags", "DeleteTags"))
HERE = "arn:{partition}:redshift:{region}:{account}"


def snapshot(place: Place, row: Any) -> str:
    return of(place, "redshift", f"snapshot:{row['ClusterIdentifier']}/{row['SnapshotIdentifier']}")


TABLE = (
    Tagged(
        control="Redshift.11",
        kind="AwsRedshiftCluster",
        client="redshift",
        iam="redshift",
        listing="DescribeClusters",
        rows="Clusters",
        arn=made("redshift", "cluster:", "ClusterIdentifier"),
        resources=f"{HERE}:cluster:*",
        style=STYLE,
        made_by=("CreateCluster", "RestoreFromClusterSnapshot"),
    ),
    Tagged(
        control="Redshift.13",
        kind="AwsRedshiftClusterSnapshot",
        client="redshift",
        iam="redshift",
        listing="DescribeClusterSnapshots",
        rows="Snapshots",
        arn=snapshot,
        resources=f"{HERE}:snapshot:*",
        style=STYLE,
        made_by=("CreateClusterSnapshot",),
    ),
    Tagged(
        control="Redshift.14",
        kind="AwsRedshiftClusterSubnetGroup",
        client="redshift",
        iam="redshift",
        listing="DescribeClusterSubnetGroups",
        rows="ClusterSubnetGroups",
        arn=made("redshift", "subnetgroup:", "ClusterSubnetGroupName"),
        resources=f"{HERE}:subnetgroup:*",
        style=STYLE,
        made_by=("CreateClusterSubnetGroup",),
    ),
    Tagged(
        control="Redshift.17",
        kind="AwsRedshiftClusterParameterGroup",
        client="redshift",
        iam="redshift",
        listing="DescribeClusterParameterGroups",
        rows="ParameterGroups",
        arn=made("redshift", "parametergroup:", "ParameterGroupName"),
        resources=f"{HERE}:parametergroup:*",
        style=STYLE,
        made_by=("CreateClusterParameterGroup",),
    ),
)

REMEDIATIONS = tuple(each.remediation for each in TABLE)
