"""The controls that ask for tags on what RDS has. DocumentDB's and Neptune's count as well.

Source: AWS Security Hub User Guide, RDS.28 to RDS.33; botocore's model of RDS.
"""

from __future__ import annotations

from dataclasses import replace

from orchestrator.findings.services.rds.kinds import CLUSTER_NAMING, INSTANCE_NAMING
from orchestrator.findings.services.rds.snapshots import NAMING as SNAPSHOT_NAMING
from orchestrator.findings.tag_calls import Tagged, at, by_list

STYLE = by_list(
    "ResourceName",
    ("Tags", "TagKeys"),
    ("ListTagsForResource", "AddTagsToResource", "RemoveTagsFromResource"),
)
MANUAL = {"SnapshotType": "manual"}


def row(control: str, kind: str, noun: str, word: str, made_by: str, list_: str = "") -> Tagged:
    return Tagged(
        control=control,
        kind=kind,
        client="rds",
        iam="rds",
        listing=f"Describe{noun}s",
        rows=list_ or f"{noun}s",
        arn=at(f"{noun}Arn"),
        resources=f"arn:{{partition}}:rds:{{region}}:{{account}}:{word}:*",
        style=STYLE,
        made_by=(made_by,),
        given=MANUAL if "Snapshot" in noun else None,
    )


TABLE = (
    row("RDS.28", "AwsRdsDbCluster", "DBCluster", "cluster", "CreateDBCluster"),
    row(
        "RDS.29",
        "AwsRdsDbClusterSnapshot",
        "DBClusterSnapshot",
        "cluster-snapshot",
        "CreateDBClusterSnapshot",
    ),
    row("RDS.30", "AwsRdsDbInstance", "DBInstance", "db", "CreateDBInstance"),
    row("RDS.31", "AwsRdsDbSecurityGroup", "DBSecurityGroup", "secgrp", "CreateDBSecurityGroup"),
    row("RDS.32", "AwsRdsDbSnapshot", "DBSnapshot", "snapshot", "CreateDBSnapshot"),
    row("RDS.33", "AwsRdsDbSubnetGroup", "DBSubnetGroup", "subgrp", "CreateDBSubnetGroup"),
)

NAMINGS = {
    "DBCluster": CLUSTER_NAMING,
    "DBClusterSnapshot": SNAPSHOT_NAMING,
    "DBInstance": INSTANCE_NAMING,
    "DBSnapshot": SNAPSHOT_NAMING,
}
REMEDIATIONS = tuple(
    replace(each.remediation, naming=NAMINGS.get(each.listing.removeprefix("Describe").rstrip("s")))
    for each in TABLE
)
