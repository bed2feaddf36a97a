"""Task definitions and clusters of ECS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings.arn import resource
from orchestrator.findings.causes import Call, Cause, as_text, attribute, items, negated, untagged
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
from orchestrator.findings.tags import mapping, tag_control

DEFINITIONS = ("arn:{partition}:ecs:{region}:{account}:task-definition/*:*",)
CLUSTERS = ("arn:{partition}:ecs:{region}:{account}:cluster/*",)
ANSWERED = (
    *("taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities"),
    *("registeredAt", "registeredBy", "deregisteredAt"),
)
"""What ECS says of a task definition and does not take when one is registered."""


def active(aws: Aws, **of: str) -> dict[str, str]:
    """The ARN of the latest active revision of each family: the control looks at no others."""
    pages = aws("ecs").get_paginator("list_task_definitions").paginate(status="ACTIVE", **of)
    arns = (arn for page in pages for arn in page["taskDefinitionArns"])
    return {family_of(arn)[0]: arn for arn in sorted(arns, key=family_of)}


def family_of(arn: str) -> tuple[str, int]:
    """'web' and 3 of '…:task-definition/web:3'."""
    family, _, revision = resource(arn).removeprefix("task-definition/").partition(":")
    return family, int(revision)


def find(_: Place, aws: Aws) -> Iterator[str]:
    yield from active(aws).values()


def read(target: Target, aws: Aws) -> Json | None:
    """The latest revision of the family, None when that of the finding is not in use any more."""
    family, revision = family_of(target.arn)
    found = active(aws, familyPrefix=family).get(family)
    if found is None or family_of(found)[1] < revision:
        return None
    return described(aws, found)


def described(aws: Aws, arn: str) -> Json:
    found: Json = aws("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    return found


def definition_tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping(
        aws("ecs").list_tags_for_resource(resourceArn=target.arn)["tags"], "key", "value"
    )


DEFINITION = ResourceType(
    resource_type="AwsEcsTaskDefinition",
    find=find,
    read=read,
    tags=definition_tags,
    reads=(
        Permission(
            ("ecs:ListTaskDefinitions", "ecs:DescribeTaskDefinition"),
            why="ECS has no permission for a single task definition here",
        ),
        Permission(("ecs:ListTagsForResource",), DEFINITIONS),
    ),
)


def writable(definition: Json, _: Target) -> str:
    containers = definition["containerDefinitions"]
    found = [c["name"] for c in containers if not c.get("readonlyRootFilesystem")]
    return f"{', '.join(found)} can write to the root file system" if found else ""


def keep_revision(target: Target, aws: Aws) -> Json:
    """The number alone: containers may have secrets in their environment."""
    return {"revision": existing(DEFINITION, target, aws)["revision"]}


def restrict(target: Target, aws: Aws, before: Json) -> None:
    was = existing(DEFINITION, target, aws)
    if was["revision"] > before["revision"] and not writable(was, target):
        return
    if was.get("runtimePlatform", {}).get("operatingSystemFamily", "").startswith("WINDOWS"):
        raise Refused("containers on Windows have no read-only root file system")
    tags = aws("ecs").list_tags_for_resource(resourceArn=was["taskDefinitionArn"])["tags"]
    given = {"tags": tags} if tags else {}
    aws("ecs").register_task_definition(**restricted(was), **given)


def restricted(definition: Json) -> dict[str, Any]:
    """What to register: the same, with read-only root file systems."""
    kept = {key: value for key, value in definition.items() if key not in ANSWERED}
    containers = [
        {**container, "readonlyRootFilesystem": True}
        for container in definition["containerDefinitions"]
    ]
    return {**kept, "containerDefinitions": containers}


def withdraw(target: Target, aws: Aws, before: Json) -> None:
    """Deregister the revision that `restrict` has made; tasks that run with it go on."""
    family, _ = family_of(target.arn)
    now = existing(DEFINITION, target, aws)
    if now["revision"] == before["revision"]:
        return
    was = described(aws, f"{family}:{before['revision']}")
    if restricted(was) != restricted(now):
        raise Refused("another revision has been registered since")
    aws("ecs").deregister_task_definition(taskDefinition=now["taskDefinitionArn"])


def find_clusters(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("ecs").get_paginator("list_clusters").paginate():
        yield from page["clusterArns"]


def read_cluster(target: Target, aws: Aws) -> Json | None:
    answer = aws("ecs").describe_clusters(clusters=[target.arn], include=["SETTINGS", "TAGS"])[
        "clusters"
    ]
    return answer[0] if answer and answer[0]["status"] != "INACTIVE" else None


def cluster_tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping((read_cluster(target, aws) or {}).get("tags"), "key", "value")


CLUSTER = ResourceType(
    resource_type="AwsEcsCluster",
    find=find_clusters,
    read=read_cluster,
    tags=cluster_tags,
    reads=(
        Permission(("ecs:ListClusters",), why="ECS lists the clusters of the account"),
        Permission(("ecs:DescribeClusters",), CLUSTERS),
    ),
)


def insight(cluster: Json) -> str:
    found = {setting["name"]: setting["value"] for setting in cluster.get("settings", [])}
    return str(found.get("containerInsights", "disabled"))


def unwatched(cluster: Json, _: Target) -> str:
    return "" if insight(cluster) in {"enabled", "enhanced"} else "Container Insights is off"


def watch(target: Target, aws: Aws, value: str) -> None:
    aws("ecs").update_cluster_settings(
        cluster=target.arn, settings=[{"name": "containerInsights", "value": value}]
    )


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("ecs").tag_resource(resourceArn=target.arn, tags=[{"key": key, "value": value}])


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("ecs").untag_resource(resourceArn=target.arn, tagKeys=[key])


TAGGING = ("ecs:TagResource", "ecs:UntagResource")


def registers_writable(call: Call) -> bool:
    """Some container may write to its root file system."""
    return any(
        isinstance(each, Mapping) and as_text(each.get("readonlyRootFilesystem")) != "true"
        for each in items(call.parameters, "containerDefinitions")
    )


REMEDIATIONS = (
    Remediation(
        name="restrict-root-file-systems",
        controls=("ECS.5",),
        causes=(Cause("ecs", ("RegisterTaskDefinition",), registers_writable),),
        resource_type=DEFINITION.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Registers a revision of the task definition with read-only root file systems.",
        breaks=(
            "Containers that write outside of their volumes, once a service is deployed with the "
            "new revision. Services and tasks are not touched."
        ),
        reads=DEFINITION.reads,
        writes=(
            Permission(
                ("ecs:RegisterTaskDefinition", "ecs:DeregisterTaskDefinition"),
                why="ECS has no permission to deregister a single task definition",
            ),
            Permission(("ecs:TagResource",), DEFINITIONS),
            Permission(
                ("iam:PassRole",),
                ("arn:{partition}:iam::{account}:role/*",),
                {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
        ),
        find=DEFINITION.find,
        check=looking(DEFINITION, writable),
        before=keep_revision,
        fix=restrict,
        undo=withdraw,
        tags=DEFINITION.tags,
    ),
    Remediation(
        name="watch-containers",
        controls=("ECS.12",),
        causes=(
            Cause(
                "ecs",
                ("CreateCluster",),
                negated(attribute("containerInsights", "enabled", "enhanced")),
            ),
            Cause(
                "ecs",
                ("UpdateCluster", "UpdateClusterSettings"),
                attribute("containerInsights", "disabled"),
            ),
        ),
        resource_type=CLUSTER.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Turns Container Insights on for the cluster.",
        breaks="Nothing; it covers tasks that are started from now on.",
        reads=CLUSTER.reads,
        writes=(Permission(("ecs:UpdateClusterSettings",), CLUSTERS),),
        find=CLUSTER.find,
        check=looking(CLUSTER, unwatched),
        before=seeing(CLUSTER, lambda cluster: {"containerInsights": insight(cluster)}),
        fix=lambda target, aws, _: watch(target, aws, "enabled"),
        undo=lambda target, aws, _: watch(target, aws, "disabled"),
        tags=CLUSTER.tags,
        cost="CloudWatch's price for each metric of cluster, services and tasks.",
    ),
    tag_control(
        "ECS.14",
        CLUSTER,
        add_tag,
        remove_tag,
        (Permission(TAGGING, CLUSTERS),),
        untagged("ecs", ("CreateCluster",), "UntagResource"),
    ),
    tag_control(
        "ECS.15",
        DEFINITION,
        add_tag,
        remove_tag,
        (Permission(TAGGING, DEFINITIONS),),
        untagged("ecs", ("RegisterTaskDefinition",), "UntagResource"),
    ),
)
