"""Instances and clusters as RDS describes them.

DocumentDB and Neptune answer to the same calls; their resources have controls of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Naming,
    Permission,
    Place,
    Remediation,
    Target,
)
from orchestrator.findings.resource_type import ResourceType
from orchestrator.findings.tags import mapping

OTHERS = ("docdb", "neptune")
HERE = "arn:{partition}:rds:{region}:{account}"
INSTANCES = (f"{HERE}:db:*",)
OF_ITS_INSTANCES = Permission(("rds:ModifyDBInstance",), INSTANCES)
"""AWS asks for it, too, when a cluster is modified.

Source: Service Authorization Reference, Amazon RDS, ModifyDBCluster, dependent actions.
"""
CLUSTERS = (f"{HERE}:cluster:*",)


def instances(aws: Aws) -> Iterator[Json]:
    for page in aws("rds").get_paginator("describe_db_instances").paginate():
        yield from (row for row in page["DBInstances"] if row["Engine"] not in OTHERS)


def clusters(aws: Aws) -> Iterator[Json]:
    for page in aws("rds").get_paginator("describe_db_clusters").paginate():
        yield from (row for row in page["DBClusters"] if row["Engine"] not in OTHERS)


def find_instances(_: Place, aws: Aws) -> Iterator[str]:
    return (row["DBInstanceArn"] for row in instances(aws))


def find_clusters(_: Place, aws: Aws) -> Iterator[str]:
    return (row["DBClusterArn"] for row in clusters(aws))


def instance_of(id_: str, _: Place, aws: Aws) -> str:
    """DocumentDB's and Neptune's are named in the same way."""
    ids = ("DbiResourceId", "DBInstanceIdentifier")
    pages = aws("rds").get_paginator("describe_db_instances").paginate()
    every = (row for page in pages for row in page["DBInstances"])
    return next((row["DBInstanceArn"] for row in every if id_ in map(row.get, ids)), "")


def cluster_of(id_: str, _: Place, aws: Aws) -> str:
    """DocumentDB's and Neptune's are named in the same way."""
    ids = ("DbClusterResourceId", "DBClusterIdentifier")
    pages = aws("rds").get_paginator("describe_db_clusters").paginate()
    every = (row for page in pages for row in page["DBClusters"])
    return next((row["DBClusterArn"] for row in every if id_ in map(row.get, ids)), "")


OF = r"arn:[^:]+:rds:[^:]*:\d*:"
INSTANCE_NAMING = Naming(OF + r"(?:dbinstance[:/]|db:(?=db-[A-Z0-9]+$))(.+)", instance_of)
CLUSTER_NAMING = Naming(OF + r"(?:dbcluster[:/]|cluster:(?=cluster-[A-Z0-9]+$))(.+)", cluster_of)
"""AWS Config's name of the type, or its id of the resource: in capitals, as no name is.

Source: AWS's own examples of such findings, aws-solutions/automated-security-response-on-aws,
simtest/simdata/afsbp-rds.6.json and afsbp-rds.7-nodetails.json.
"""


def named_by(naming: Naming, *remediations: Remediation) -> tuple[Remediation, ...]:
    return tuple(replace(each, naming=naming) for each in remediations)


def read_instance(target: Target, aws: Aws) -> Json | None:
    call, name = aws("rds").describe_db_instances, arn.name(target.arn)
    answer = unless(("DBInstanceNotFound",), call, DBInstanceIdentifier=name)
    return answer["DBInstances"][0] if answer else None


def read_cluster(target: Target, aws: Aws) -> Json | None:
    call, name = aws("rds").describe_db_clusters, arn.name(target.arn)
    answer = unless(("DBClusterNotFoundFault",), call, DBClusterIdentifier=name)
    return answer["DBClusters"][0] if answer else None


def tags(read: Callable[[Target, Aws], Json | None]) -> Callable[[Target, Aws], Mapping[str, str]]:
    return lambda target, aws: mapping((read(target, aws) or {}).get("TagList"))


INSTANCE = ResourceType(
    "AwsRdsDbInstance",
    find_instances,
    read_instance,
    tags(read_instance),
    (Permission(("rds:DescribeDBInstances",), INSTANCES),),
    "InstanceCreateTime",
)
CLUSTER = ResourceType(
    "AwsRdsDbCluster",
    find_clusters,
    read_cluster,
    tags(read_cluster),
    (Permission(("rds:DescribeDBClusters",), CLUSTERS),),
    "ClusterCreateTime",
)


def modify_instance(target: Target, aws: Aws, values: Json) -> None:
    """For settings that RDS changes at once in any case.

    Source: RDS User Guide, "Settings for DB instances".
    """
    aws("rds").modify_db_instance(DBInstanceIdentifier=arn.name(target.arn), **values)


def modify_instance_now(target: Target, aws: Aws, values: Json) -> None:
    """For settings that would wait for the maintenance window."""
    modify_instance(target, aws, {**values, "ApplyImmediately": True})


def modify_cluster(target: Target, aws: Aws, values: Json) -> None:
    aws("rds").modify_db_cluster(DBClusterIdentifier=arn.name(target.arn), **values)


def alone(instance: Json) -> bool:
    """Whether it belongs to no cluster, which would have the setting."""
    return not instance.get("DBClusterIdentifier")


def waiting(*keys: str) -> Callable[[Json], str]:
    """Says so while RDS has accepted the change and has not made it yet."""

    def unclear(found: Json) -> str:
        pending: Mapping[str, Any] = found.get("PendingModifiedValues") or {}
        return "the change is under way" if set(keys) & set(pending) else ""

    return unclear


def others_pending(*keys: str) -> Callable[[Json, Target], str]:
    """ApplyImmediately would do everything else that waits for the maintenance window too."""

    def refusing(found: Json, _: Target) -> str:
        pending = sorted(set(found.get("PendingModifiedValues") or {}) - set(keys))
        waiting = ", ".join(pending)
        return f"other changes wait for the maintenance window: {waiting}" if pending else ""

    return refusing


INSTANCE_MADE_BY = (
    *("CreateDBInstance", "RestoreDBInstanceFromDBSnapshot", "RestoreDBInstanceToPointInTime"),
)
CLUSTER_MADE_BY = (
    *("CreateDBCluster", "RestoreDBClusterFromSnapshot", "RestoreDBClusterToPointInTime"),
)
"""Calls after which there is one, for causes."""
