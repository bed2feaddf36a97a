"""A worker that ECS cannot place fails the run that waits for it, and says why."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.services.conftest import HOME, MANAGEMENT, Cloud

NAME = "orchestrator-runner"
TEMPLATE = Path(__file__).parents[3] / "modules" / "runner" / "start.json.tftpl"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "states.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}


@pytest.fixture
def machine(cloud: Cloud) -> str:
    """What modules/runner makes of its template, alone, with pauses that a test can wait for."""
    ecs, iam = cloud.client("ecs"), cloud.client("iam")
    cluster = ecs.create_cluster(clusterName=NAME)["cluster"]["clusterArn"]
    container = {"name": "worker", "image": "worker", "memory": 512}
    task = ecs.register_task_definition(family=NAME, containerDefinitions=[container])
    role = iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    statement = {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_role_policy(RoleName=NAME, PolicyName="run", PolicyDocument=json.dumps(policy))
    text = TEMPLATE.read_text("utf-8")
    values = {
        "cluster_arn": cluster,
        "partition": "aws",
        "retry_seconds": "1",
        "security_groups": "[]",
        "subnets": "[]",
        "task_definition_arn": task["taskDefinition"]["taskDefinitionArn"],
    }
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    processor = json.loads(text)
    processor["States"]["Worker"]["Retry"][0].update(MaxAttempts=1)
    workers = {"Type": "Map", "ItemsPath": "$", "ItemProcessor": processor, "End": True}
    definition = {"StartAt": "Workers", "States": {"Workers": workers}}
    states = cloud.client("stepfunctions")
    made = states.create_state_machine(
        name=NAME, definition=json.dumps(definition), roleArn=role["Arn"]
    )
    return str(made["stateMachineArn"])


def ended(cloud: Cloud, machine: str, workers: int) -> Any:
    states = cloud.client("stepfunctions")
    run = states.start_execution(stateMachineArn=machine, input=json.dumps(list(range(workers))))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = states.describe_execution(executionArn=run["executionArn"])
        if found["status"] != "RUNNING":
            return found
        time.sleep(0.1)
    raise AssertionError("the run did not end")


def test_every_worker_is_started(cloud: Cloud, machine: str) -> None:
    found = ended(cloud, machine, 3)
    assert found["status"] == "SUCCEEDED"
    assert len(cloud.client("ecs").list_tasks(cluster=NAME)["taskArns"]) == 3


def test_a_worker_that_ecs_cannot_place_fails_the_run_with_its_reason(
    cloud: Cloud, machine: str
) -> None:
    cloud.sandbox.delays(failing=[f"task:{NAME}=Capacity is unavailable at this time"])

    found = ended(cloud, machine, 1)

    assert (found["status"], found["error"]) == ("FAILED", "Orchestrator.NoWorker")
    assert "Capacity is unavailable at this time" in found["cause"]
    assert f"arn:aws:ecs:{HOME}:{MANAGEMENT}:cluster/{NAME}" in found["cause"]
