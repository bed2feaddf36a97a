"""Clusters of EKS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings.arn import name, of
from orchestrator.findings.causes import (
    Cause,
    Predicate,
    as_text,
    items,
    mappings,
    negated,
    omits,
    says,
    untagged,
)
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
from orchestrator.findings.tags import tag_control

CLUSTERS = ("arn:{partition}:eks:{region}:{account}:cluster/*",)
ACCESS = ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs")


def find(place: Place, aws: Aws) -> Iterator[str]:
    for page in aws("eks").get_paginator("list_clusters").paginate():
        for cluster in page["clusters"]:
            yield of(place, "eks", f"cluster/{cluster}")


def read(target: Target, aws: Aws) -> Json | None:
    call = aws("eks").describe_cluster
    answer = unless(("ResourceNotFoundException",), call, name=name(target.arn))
    return None if answer is None else answer["cluster"]


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return dict((read(target, aws) or {}).get("tags", {}))


CLUSTER = ResourceType(
    resource_type="AwsEksCluster",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("eks:ListClusters",), why="EKS lists the clusters of the account"),
        Permission(("eks:DescribeCluster",), CLUSTERS),
    ),
    created="createdAt",
)
CHANGES = (Permission(("eks:UpdateClusterConfig",), CLUSTERS),)


def moving(cluster: Json) -> str:
    """EKS takes one change at a time, and shows it when it is done."""
    return "" if cluster["status"] == "ACTIVE" else f"the cluster is {cluster['status']}"


def public(cluster: Json, _: Target) -> str:
    reachable = cluster["resourcesVpcConfig"].get("endpointPublicAccess")
    return "its endpoint can be reached from the internet" if reachable else ""


def access(cluster: Json) -> dict[str, Any]:
    found = cluster["resourcesVpcConfig"]
    return {key: found[key] for key in ACCESS if key in found}


def hide(target: Target, aws: Aws, _: Json) -> None:
    now = existing(CLUSTER, target, aws)
    if not now["resourcesVpcConfig"].get("endpointPrivateAccess"):
        raise Refused("the endpoint cannot be reached from inside: turn on private access first")
    if public(now, target):
        set_access(target, aws, {"endpointPublicAccess": False, "endpointPrivateAccess": True})


def set_access(target: Target, aws: Aws, wanted: Json) -> None:
    aws("eks").update_cluster_config(name=name(target.arn), resourcesVpcConfig=dict(wanted))


def show(target: Target, aws: Aws, before: Json) -> None:
    if access(existing(CLUSTER, target, aws)) != before:
        set_access(target, aws, before)


def audited(cluster: Json) -> bool:
    setups = cluster.get("logging", {}).get("clusterLogging", [])
    return any(setup["enabled"] and "audit" in setup["types"] for setup in setups)


def unaudited(cluster: Json, _: Target) -> str:
    return "" if audited(cluster) else "no audit log is written"


def set_audit(target: Target, aws: Aws, enabled: bool) -> None:
    if audited(existing(CLUSTER, target, aws)) != enabled:
        setup = {"types": ["audit"], "enabled": enabled}
        aws("eks").update_cluster_config(name=name(target.arn), logging={"clusterLogging": [setup]})


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("eks").tag_resource(resourceArn=target.arn, tags={key: value})


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("eks").untag_resource(resourceArn=target.arn, tagKeys=[key])


def audit(enabled: str) -> Predicate:
    """The kind of log 'audit' is turned on ('true') or off ('false')."""
    return lambda call: any(
        "audit" in items(each, "types") and as_text(each.get("enabled")).lower() == enabled
        for each in mappings(call.parameters)
    )


REMEDIATIONS = (
    Remediation(
        name="hide-cluster-endpoint",
        controls=("EKS.1",),
        causes=(
            Cause("eks", ("CreateCluster",), omits("endpointPublicAccess", "false")),
            Cause("eks", ("UpdateClusterConfig",), says("endpointPublicAccess", "true")),
        ),
        resource_type=CLUSTER.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Lets the cluster's endpoint be reached from inside its network only.",
        breaks="Everybody who uses kubectl, and every pipeline, from outside of the network.",
        danger="The cluster's API answers to the internet again.",
        reads=CLUSTER.reads,
        writes=CHANGES,
        find=CLUSTER.find,
        check=looking(CLUSTER, public, moving),
        before=seeing(CLUSTER, access),
        fix=hide,
        undo=show,
        tags=CLUSTER.tags,
        by_hand="Whoever reaches the cluster from outside loses it at once.",
    ),
    tag_control(
        "EKS.6",
        CLUSTER,
        add_tag,
        remove_tag,
        (Permission(("eks:TagResource", "eks:UntagResource"), CLUSTERS),),
        untagged("eks", ("CreateCluster",), "UntagResource"),
    ),
    Remediation(
        name="audit-cluster",
        controls=("EKS.8",),
        causes=(
            Cause("eks", ("CreateCluster",), negated(audit("true"))),
            Cause("eks", ("UpdateClusterConfig",), audit("false")),
        ),
        resource_type=CLUSTER.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Sends the cluster's audit log to CloudWatch Logs.",
        breaks="Nothing.",
        reads=CLUSTER.reads,
        writes=CHANGES,
        find=CLUSTER.find,
        check=looking(CLUSTER, unaudited, moving),
        before=seeing(CLUSTER, lambda cluster: {"audit": audited(cluster)}),
        fix=lambda target, aws, _: set_audit(target, aws, True),
        undo=lambda target, aws, _: set_audit(target, aws, False),
        tags=CLUSTER.tags,
        cost="CloudWatch Logs' price for the audit log, which is long.",
    ),
)
