"""Workers, made by whoever bootstraps: the module converges, hands out a run, and is destroyed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestrator.adapters.process import Completed
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.modules.account_roots import HOME, MANAGEMENT, AccountRoot, Applied, entry_keys
from tests.modules.workshop import Workshop
from tests.sandbox.fleets import PROMPT, a_fleet

pytestmark = [pytest.mark.terraform, pytest.mark.long]

WORKERS = AccountRoot(MANAGEMENT, ("runner",))
BUCKET = f"example-terraform-state-{MANAGEMENT}"
ITEMS = "runs/run-1/items/00.json"
PATIENCE = 60.0


def test_workers_are_made_hand_out_a_run_and_are_ended(workshop: Workshop, tmp_path: Path) -> None:
    code = WORKERS.code().replace("  vend               = true", "  vend = true\n  workers = 0")
    with lifecycle.running(tmp_path / "sandbox", a_fleet(), PROMPT) as sandbox:
        applied = Applied(workshop, sandbox, tmp_path / "root", code)
        keys = {MANAGEMENT: entry_keys(sandbox, MANAGEMENT)}
        succeeds(applied.init())
        succeeds(applied.apply(keys))
        succeeds(applied.plan(keys))

        run = Handed(sandbox)
        run.begin()
        item, token = run.take()
        run.states.send_task_success(taskToken=token, output="{}")

        assert item == {"item": "200000000006/account"}
        assert run.ended() == "SUCCEEDED"
        assert {"orchestrator-runner-CreateManagedAccount"} <= run.rules()
        succeeds(applied.destroy(keys))


@dataclass(frozen=True, slots=True)
class Handed:
    """A run of one stack, with the permissions that the module gave to the state machine."""

    sandbox: Sandbox

    @property
    def states(self) -> Any:
        return self.sandbox.client("stepfunctions")

    @property
    def machine(self) -> str:
        return f"arn:aws:states:{HOME}:{MANAGEMENT}:stateMachine:orchestrator-runner"

    def begin(self) -> None:
        s3 = self.sandbox.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": HOME})
        s3.put_object(Bucket=BUCKET, Key=ITEMS, Body=json.dumps([{"item": "200000000006/account"}]))
        wave = {"name": "all", "items_key": ITEMS, "max_concurrency": 1}
        wanted = {
            "run": "run-1",
            "bucket": BUCKET,
            "waves": [{**wave, "tolerated_failure_count": 0}],
        }
        self.states.start_execution(
            stateMachineArn=self.machine, name="run-1", input=json.dumps(wanted)
        )

    def take(self) -> tuple[Any, str]:
        sqs = self.sandbox.client("sqs")
        url = sqs.get_queue_url(QueueName="orchestrator-runner")["QueueUrl"]
        (message,) = until(
            lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages")
        )
        body = json.loads(message["Body"])
        return body["item"], body["token"]

    def ended(self) -> str:
        arn = self.machine.replace("stateMachine", "execution") + ":run-1"

        def status() -> str | None:
            found = str(self.states.describe_execution(executionArn=arn)["status"])
            return found if found != "RUNNING" else None

        return str(until(status))

    def rules(self) -> set[str]:
        found = self.sandbox.client("events").list_rules(NamePrefix="orchestrator-runner")
        return {rule["Name"] for rule in found["Rules"]}


def until(condition: Callable[[], Any]) -> Any:
    limit = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < limit, "nothing came of it"
        time.sleep(0.1)
    return found


def succeeds(ran: Completed) -> None:
    assert ran.code == 0, ran.stdout + ran.stderr
