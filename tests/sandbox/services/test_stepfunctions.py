"""A run's stacks reach workers by a queue, and Step Functions holds what it promises of tokens."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.sandbox import state_machine
from tests.sandbox.services.conftest import MANAGEMENT, Cloud, error_of

BUCKET = "example-runs"
PATIENCE = 60.0


@dataclass
class Workspace:
    """Both ends of a state machine: who submits, and who works."""

    cloud: Cloud
    machine: state_machine.Machine
    received: list[str] = field(default_factory=list)

    @property
    def states(self) -> Any:
        return self.cloud.client("stepfunctions")

    def submit(self, run: str, *waves: tuple[list[str], int]) -> str:
        """Start a run whose waves each have accounts, and failures that are tolerated."""
        listed = [self._wave(run, number, *wave) for number, wave in enumerate(waves)]
        wanted = {"run": run, "bucket": BUCKET, "waves": listed}
        started = self.states.start_execution(
            stateMachineArn=self.machine.arn, name=run, input=json.dumps(wanted)
        )
        return str(started["executionArn"])

    def _wave(self, run: str, number: int, accounts: list[str], tolerated: int) -> dict[str, Any]:
        key = f"runs/{run}/items/{number}.json"
        items = [{"run": run, "item": f"{account}/account", "wave": number} for account in accounts]
        self.cloud.client("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(items))
        return {
            "name": f"wave-{number}",
            "items_key": key,
            "max_concurrency": 2,
            "tolerated_failure_count": tolerated,
        }

    def take(self) -> tuple[str, str]:
        """Receive and remove one message: which item, and its token."""
        sqs = self.cloud.client("sqs")
        (message,) = self.until(
            lambda: sqs.receive_message(QueueUrl=self.machine.queue_url).get("Messages")
        )
        sqs.delete_message(QueueUrl=self.machine.queue_url, ReceiptHandle=message["ReceiptHandle"])
        body = json.loads(message["Body"])
        self.received.append(body["item"]["item"])
        return body["item"]["item"], body["token"]

    def succeed(self) -> None:
        item, token = self.take()
        self.states.send_task_success(taskToken=token, output=json.dumps({"item": item}))

    def fail(self) -> None:
        _, token = self.take()
        self.states.send_task_failure(taskToken=token, error="Refused", cause="the gate")

    def ended(self, execution: str) -> dict[str, Any]:
        def found() -> Any:
            described = self.states.describe_execution(executionArn=execution)
            return described if described["status"] != "RUNNING" else None

        described: dict[str, Any] = self.until(found)
        return described

    def empty(self) -> bool:
        sqs = self.cloud.client("sqs")
        return "Messages" not in sqs.receive_message(QueueUrl=self.machine.queue_url)

    def until(self, condition: Callable[[], Any]) -> Any:
        limit = time.monotonic() + PATIENCE
        while not (found := condition()):
            assert time.monotonic() < limit, "nothing came of it"
            time.sleep(0.05)
        return found


def _a_desk(cloud: Cloud, heartbeat: int) -> Workspace:
    location = {"LocationConstraint": "ap-northeast-1"}
    cloud.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)
    return Workspace(cloud, state_machine.make(cloud.client, BUCKET, heartbeat))


@pytest.fixture
def workspace(cloud: Cloud) -> Workspace:
    return _a_desk(cloud, heartbeat=120)


@pytest.fixture
def impatient(cloud: Cloud) -> Workspace:
    """Whose items are lost after three seconds without a heartbeat."""
    return _a_desk(cloud, heartbeat=3)


def test_stacks_are_worked_on_wave_by_wave(workspace: Workspace) -> None:
    run = workspace.submit("run-1", (["1", "2", "3"], 0), (["4"], 0))
    for _ in range(4):
        workspace.succeed()

    assert workspace.ended(run)["status"] == "SUCCEEDED"
    assert sorted(workspace.received[:3]) == ["1/account", "2/account", "3/account"]
    assert workspace.received[3] == "4/account"
    listed = workspace.cloud.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="runs/run-1/map/")
    assert listed["KeyCount"] == 2


def test_no_more_items_are_out_than_the_wave_is_wide(workspace: Workspace) -> None:
    workspace.submit("run-1", (["1", "2", "3"], 0))

    _, first = workspace.take()
    workspace.take()
    assert workspace.empty()

    workspace.states.send_task_success(taskToken=first, output="{}")
    assert workspace.take()[0] == "3/account"


def test_a_worker_that_falls_silent_loses_its_item_to_the_next(impatient: Workspace) -> None:
    run = impatient.submit("run-1", (["1"], 0))

    _, lost = impatient.take()
    item, token = impatient.take()

    assert item == "1/account"
    assert error_of(impatient.states.send_task_heartbeat, taskToken=lost) == "TaskTimedOut"
    assert (
        error_of(impatient.states.send_task_success, taskToken=lost, output="{}") == "TaskTimedOut"
    )
    impatient.states.send_task_success(taskToken=token, output="{}")
    assert impatient.ended(run)["status"] == "SUCCEEDED"


def test_a_worker_that_is_heard_keeps_its_item(impatient: Workspace) -> None:
    run = impatient.submit("run-1", (["1"], 0))
    _, token = impatient.take()

    for _ in range(10):
        time.sleep(0.5)
        impatient.states.send_task_heartbeat(taskToken=token)

    assert impatient.empty()
    impatient.states.send_task_success(taskToken=token, output="{}")
    assert impatient.ended(run)["status"] == "SUCCEEDED"


def test_failures_that_are_tolerated_stop_nothing(workspace: Workspace) -> None:
    run = workspace.submit("run-1", (["1", "2"], 1), (["3"], 0))
    workspace.fail()
    workspace.succeed()
    workspace.succeed()

    assert workspace.ended(run)["status"] == "SUCCEEDED"
    assert workspace.received[2] == "3/account"


def test_a_failure_too_many_ends_the_run_and_whatever_was_out(workspace: Workspace) -> None:
    run = workspace.submit("run-1", (["1", "2", "3", "4"], 0), (["5"], 0))
    _, other = workspace.take()
    workspace.fail()

    ended = workspace.ended(run)
    assert (ended["status"], ended["error"]) == (
        "FAILED",
        "States.ExceedToleratedFailureThreshold",
    )
    assert error_of(workspace.states.send_task_heartbeat, taskToken=other) == "TaskTimedOut"
    assert workspace.empty()


def test_a_run_that_is_stopped_tells_its_workers_with_their_next_heartbeat(
    workspace: Workspace,
) -> None:
    run = workspace.submit("run-1", (["1", "2", "3"], 3), (["4"], 0))
    _, token = workspace.take()

    workspace.states.stop_execution(executionArn=run, error="Cancelled", cause="by hand")

    ended = workspace.ended(run)
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Cancelled", "by hand")
    assert error_of(workspace.states.send_task_heartbeat, taskToken=token) == "TaskTimedOut"
    listed = workspace.states.list_executions(
        stateMachineArn=workspace.machine.arn, statusFilter="ABORTED"
    )
    assert [execution["name"] for execution in listed["executions"]] == ["run-1"]
    workspace.take()
    assert workspace.empty()


def test_a_token_nobody_was_given_is_none(workspace: Workspace) -> None:
    assert error_of(workspace.states.send_task_heartbeat, taskToken="made-up") == "InvalidToken"


def test_a_run_starts_once_under_its_name(workspace: Workspace) -> None:
    first = workspace.submit("run-1", (["1"], 0))

    assert workspace.submit("run-1", (["1"], 0)) == first
    workspace.succeed()
    workspace.ended(first)
    started = {"stateMachineArn": workspace.machine.arn, "name": "run-1", "input": "{}"}
    assert error_of(workspace.states.start_execution, **started) == "ExecutionAlreadyExists"


def test_a_role_without_permission_to_send_fails_the_run(workspace: Workspace) -> None:
    policy = {"RoleName": f"{state_machine.NAME}-states", "PolicyName": "run"}
    workspace.cloud.client("iam").delete_role_policy(**policy)

    ended = workspace.ended(workspace.submit("run-1", (["1"], 0)))

    assert ended["status"] == "FAILED"


def test_a_definition_is_validated(workspace: Workspace) -> None:
    good = state_machine.definition(workspace.machine.queue_url, 10)

    assert _validated(workspace, good) == "OK"
    assert _validated(workspace, '{"StartAt": "A", "States": {"A": {"Type": "Nap"}}}') == "FAIL"


def _validated(workspace: Workspace, definition: str) -> str:
    answer = workspace.states.validate_state_machine_definition(definition=definition)
    return str(answer["result"])


def test_forty_items_pass_through_one_worker(workspace: Workspace) -> None:
    accounts = [f"{number:02}" for number in range(40)]
    run = workspace.submit("run-1", (accounts, 0))
    for _ in accounts:
        workspace.succeed()

    assert workspace.ended(run)["status"] == "SUCCEEDED"
    assert sorted(workspace.received) == [f"{account}/account" for account in accounts]
    assert workspace.machine.arn.split(":")[4] == MANAGEMENT
