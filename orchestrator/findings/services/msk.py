"""Clusters of Amazon MSK. Serverless ones have none of these settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings.causes import Cause, given, says
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking, seeing

CLUSTERS = ("arn:{partition}:kafka:{region}:{account}:cluster/*",)
KEYS = ("arn:{partition}:kms:{region}:{account}:key/*",)
PRIVATE = "DISABLED"
ENOUGH = ("PER_TOPIC_PER_BROKER", "PER_TOPIC_PER_PARTITION")
"""Source: AWS Security Hub User Guide, MSK.2."""


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("kafka").get_paginator("list_clusters_v2").paginate():
        for cluster in page["ClusterInfoList"]:
            yield cluster["ClusterArn"]


def read(target: Target, aws: Aws) -> Json | None:
    call = aws("kafka").describe_cluster_v2
    answer = unless(("NotFoundException",), call, ClusterArn=target.arn)
    return None if answer is None else answer["ClusterInfo"]


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return dict((read(target, aws) or {}).get("Tags", {}))


CLUSTER = ResourceType(
    resource_type="AwsMskCluster",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("kafka:ListClustersV2",), why="Amazon MSK lists the clusters of the account"),
        Permission(("kafka:DescribeClusterV2",), CLUSTERS),
    ),
    created="CreationTime",
)


def busy(cluster: Json) -> str:
    state = cluster.get("State", "ACTIVE")
    return "" if state == "ACTIVE" else f"the cluster is {state}"


def own(cluster: Json) -> Json:
    found: Json = cluster.get("Provisioned") or {}
    return found


def public_access(cluster: Json) -> str:
    group = own(cluster).get("BrokerNodeGroupInfo") or {}
    access = (group.get("ConnectivityInfo") or {}).get("PublicAccess") or {}
    return str(access.get("Type", PRIVATE))


def public(cluster: Json, _: Target) -> str:
    return "" if public_access(cluster) == PRIVATE else "its brokers have public addresses"


def connect(target: Target, aws: Aws, access: str) -> None:
    aws("kafka").update_connectivity(
        ClusterArn=target.arn,
        CurrentVersion=existing(CLUSTER, target, aws)["CurrentVersion"],
        ConnectivityInfo={"PublicAccess": {"Type": access}},
    )


def make_private(target: Target, aws: Aws, _: Json) -> None:
    if public(existing(CLUSTER, target, aws), target):
        connect(target, aws, PRIVATE)


def authentication(cluster: Json) -> dict[str, Any]:
    return dict(own(cluster).get("ClientAuthentication") or {})


def enabled(found: Any) -> bool:
    """Whether this way to authenticate, or one of several in it, is on."""
    inner = found.values() if isinstance(found, Mapping) else ()
    return any(value is True or enabled(value) for value in inner)


def anonymous(cluster: Json, _: Target) -> str:
    unknown = enabled(authentication(cluster).get("Unauthenticated"))
    return "clients need no authentication" if unknown else ""


def ask_who(target: Target, aws: Aws, _: Json) -> None:
    """MSK takes all ways to authenticate as a whole; the others stay as they are."""
    found = authentication(existing(CLUSTER, target, aws))
    if not enabled(found.get("Unauthenticated")):
        return
    others = {key: value for key, value in found.items() if key != "Unauthenticated"}
    if not enabled(others):
        raise Refused("no other authentication is on, so that no client could connect")
    secure(target, aws, {**others, "Unauthenticated": {"Enabled": False}})


def secure(target: Target, aws: Aws, authentication: Json) -> None:
    aws("kafka").update_security(
        ClusterArn=target.arn,
        CurrentVersion=existing(CLUSTER, target, aws)["CurrentVersion"],
        ClientAuthentication=dict(authentication),
    )


def level(cluster: Json) -> str:
    return str(own(cluster).get("EnhancedMonitoring", "DEFAULT"))


def unwatched(cluster: Json, _: Target) -> str:
    if not own(cluster) or level(cluster) in ENOUGH:
        return ""
    return f"its monitoring is {level(cluster)}"


def watch(target: Target, aws: Aws, wanted: str) -> None:
    """What is not named of the monitoring stays. Source: Amazon MSK API Reference."""
    aws("kafka").update_monitoring(
        ClusterArn=target.arn,
        CurrentVersion=existing(CLUSTER, target, aws)["CurrentVersion"],
        EnhancedMonitoring=wanted,
    )


REMEDIATIONS = (
    Remediation(
        name="watch-kafka-topics",
        controls=("MSK.2",),
        causes=(
            Cause(
                "kafka",
                ("CreateCluster", "CreateClusterV2", "UpdateMonitoring"),
                says("enhancedMonitoring", "DEFAULT", "PER_BROKER"),
            ),
        ),
        resource_type=CLUSTER.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Has the cluster send metrics of each topic on each broker.",
        breaks="Nothing.",
        reads=CLUSTER.reads,
        writes=(Permission(("kafka:UpdateMonitoring",), CLUSTERS),),
        find=CLUSTER.find,
        check=looking(CLUSTER, unwatched, busy),
        before=seeing(CLUSTER, lambda cluster: {"EnhancedMonitoring": level(cluster)}),
        fix=lambda target, aws, _: watch(target, aws, ENOUGH[0]),
        undo=lambda target, aws, before: watch(target, aws, before["EnhancedMonitoring"]),
        tags=CLUSTER.tags,
        cost="CloudWatch's price for each metric of each topic.",
    ),
    Remediation(
        name="make-kafka-private",
        controls=("MSK.4",),
        causes=(Cause("kafka", ("UpdateConnectivity",), says("type", "SERVICE_PROVIDED_EIPS")),),
        resource_type=CLUSTER.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Takes the public addresses of the cluster's brokers away.",
        breaks="Clients outside of the VPC. The brokers restart one after the other; addresses "
        "after an undo are others.",
        danger="The brokers answer on public addresses again.",
        reads=CLUSTER.reads,
        writes=(
            Permission(("kafka:UpdateConnectivity",), CLUSTERS),
            Permission(
                ("ec2:DescribeRouteTables", "ec2:DescribeSubnets"),
                why="MSK looks at the cluster's network; EC2's describe calls know no resources",
            ),
        ),
        find=CLUSTER.find,
        check=looking(CLUSTER, public, busy),
        before=seeing(CLUSTER, lambda cluster: {"PublicAccess": public_access(cluster)}),
        fix=make_private,
        undo=lambda target, aws, before: connect(target, aws, before["PublicAccess"]),
        tags=CLUSTER.tags,
    ),
    Remediation(
        name="authenticate-kafka-clients",
        controls=("MSK.6",),
        causes=(
            Cause(
                "kafka",
                ("CreateCluster", "CreateClusterV2", "UpdateSecurity"),
                given("clientAuthentication.unauthenticated.enabled", "true"),
            ),
        ),
        resource_type=CLUSTER.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Lets in only clients that authenticate in one of the ways that are on already.",
        breaks="Clients that connect without authentication. Refused where no other way is on.",
        danger="Clients get into the cluster without authentication again.",
        reads=CLUSTER.reads,
        writes=(
            Permission(("kafka:UpdateSecurity",), CLUSTERS),
            Permission(("kms:RetireGrant",), KEYS),
        ),
        find=CLUSTER.find,
        check=looking(CLUSTER, anonymous, busy),
        before=seeing(CLUSTER, authentication),
        fix=ask_who,
        undo=secure,
        tags=CLUSTER.tags,
    ),
)
