"""Services of ECS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import resource
from orchestrator.findings.causes import Cause, says, untagged
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking, seeing
from orchestrator.findings.tags import mapping, tag_control

SAME_TASKS = {"Null": {"ecs:task-definition": True}}
"""The service goes on running what it runs.

Source: Service Authorization Reference, Amazon ECS, UpdateService, condition keys.
"""
SERVICES = ("arn:{partition}:ecs:{region}:{account}:service/*",)


def find(_: Place, aws: Aws) -> Iterator[str]:
    client = aws("ecs")
    for page in client.get_paginator("list_clusters").paginate():
        for cluster in page["clusterArns"]:
            for services in client.get_paginator("list_services").paginate(cluster=cluster):
                yield from services["serviceArns"]


def named(target: Target) -> tuple[str, str]:
    """The cluster's name and the service's, from an ARN of the long form.

    Source: Amazon ECS Developer Guide, "Amazon Resource Names (ARNs) and IDs".
    """
    _, cluster, service = resource(target.arn).split("/")
    return cluster, service


def read(target: Target, aws: Aws) -> Json | None:
    """A service that is gone is described as inactive for a while."""
    cluster, service = named(target)
    try:
        answer = aws("ecs").describe_services(cluster=cluster, services=[service], include=["TAGS"])
    except aws("ecs").exceptions.ClusterNotFoundException:
        return None
    found = [each for each in answer["services"] if each["status"] != "INACTIVE"]
    return found[0] if found else None


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping((read(target, aws) or {}).get("tags"), "key", "value")


SERVICE = ResourceType(
    resource_type="AwsEcsService",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("ecs:ListClusters",), why="ECS lists the clusters of the account"),
        Permission(("ecs:ListServices",), why="ECS lists services by a condition, not a resource"),
        Permission(("ecs:DescribeServices",), SERVICES),
    ),
)


def network(service: Json) -> dict[str, object]:
    found = service.get("networkConfiguration") or {}
    return dict(found.get("awsvpcConfiguration") or {})


def public(service: Json, _: Target) -> str:
    assigns = network(service).get("assignPublicIp") == "ENABLED"
    return "its tasks get public addresses" if assigns else ""


def assign(target: Target, aws: Aws, value: str) -> None:
    """Everything else of the network is sent as it is: ECS takes it as a whole."""
    cluster, service = named(target)
    found = network(existing(SERVICE, target, aws))
    if found.get("assignPublicIp", "DISABLED") != value:
        aws("ecs").update_service(
            cluster=cluster,
            service=service,
            networkConfiguration={"awsvpcConfiguration": {**found, "assignPublicIp": value}},
        )


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("ecs").tag_resource(resourceArn=target.arn, tags=[{"key": key, "value": value}])


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("ecs").untag_resource(resourceArn=target.arn, tagKeys=[key])


REMEDIATIONS = (
    Remediation(
        name="run-tasks-without-public-address",
        controls=("ECS.2",),
        causes=(
            Cause("ecs", ("CreateService", "UpdateService"), says("assignPublicIp", "ENABLED")),
        ),
        resource_type=SERVICE.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Deploys the service anew, with tasks that have no public address.",
        breaks="Tasks that reach the internet, to pull their image for instance, by their own "
        "address and not by a NAT gateway or endpoints; and whoever reaches them by it.",
        danger="The service's tasks have public addresses again.",
        reads=SERVICE.reads,
        writes=(Permission(("ecs:UpdateService",), SERVICES, SAME_TASKS),),
        find=SERVICE.find,
        check=looking(SERVICE, public),
        before=seeing(
            SERVICE, lambda found: {"assignPublicIp": network(found).get("assignPublicIp")}
        ),
        fix=lambda target, aws, _: assign(target, aws, "DISABLED"),
        undo=lambda target, aws, _: assign(target, aws, "ENABLED"),
        tags=SERVICE.tags,
        by_hand="Whether tasks can pull their image without an address, only their owner knows.",
    ),
    tag_control(
        "ECS.13",
        SERVICE,
        add_tag,
        remove_tag,
        (Permission(("ecs:TagResource", "ecs:UntagResource"), SERVICES),),
        untagged("ecs", ("CreateService",), "UntagResource"),
    ),
)
