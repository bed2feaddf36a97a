from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.ecs.models import ecs_backends

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay

NO_FAMILY = "arn:aws:ecs:eu-west-1:123456789012:task-definition/none:1"
NO_CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/none"
ROLE = "arn:aws:iam::123456789012:role/task"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}
TAGS = [{"key": "team", "value": "payments"}]


def a_definition(aws: Aws, family: str = "web", *, restricted: bool = False, **given: Any) -> str:
    container = {
        "name": "app",
        "image": "app:1",
        "memory": 128,
        "readonlyRootFilesystem": restricted,
        "environment": [{"name": "TOKEN", "value": "hunter2"}],
    }
    answer = aws("ecs").register_task_definition(
        family=family,
        containerDefinitions=[container, {**container, "name": "side"}],
        executionRoleArn=ROLE,
        tags=TAGS,
        **given,
    )
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def a_cluster(aws: Aws, *, insight: str = "disabled") -> str:
    answer = aws("ecs").create_cluster(
        clusterName=insight, settings=[{"name": "containerInsights", "value": insight}], tags=TAGS
    )
    return str(answer["cluster"]["clusterArn"])


def updating() -> Overlay:
    """UpdateClusterSettings, as moto would have to do it."""

    def update(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        clusters = ecs_backends["123456789012"]["eu-west-1"].clusters
        cluster = next(c for c in clusters.values() if c.arn == asked["cluster"])
        cluster.settings = asked["settings"]
        return {}

    return {("ecs", "UpdateClusterSettings"): update}


def owned(build: Callable[[Aws], str]) -> Callable[[Aws], str]:
    def built(aws: Aws) -> str:
        arn = build(aws)
        aws("ecs").tag_resource(resourceArn=arn, tags=[{"key": "owner", "value": "x"}])
        return arn

    return built


CASES = (
    Case(
        "ECS.5",
        a_definition,
        lambda aws: a_definition(aws, "safe", restricted=True),
        NO_FAMILY,
    ),
    Case(
        "ECS.12",
        a_cluster,
        lambda aws: a_cluster(aws, insight="enabled"),
        NO_CLUSTER,
        overlay=updating,
    ),
    Case(
        "ECS.14",
        a_cluster,
        owned(lambda aws: a_cluster(aws, insight="enabled")),
        NO_CLUSTER,
        TAGGING,
    ),
    Case("ECS.15", a_definition, owned(lambda aws: a_definition(aws, "own")), NO_FAMILY, TAGGING),
)
