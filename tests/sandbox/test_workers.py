"""Runs on more machines than one: workers are killed, runs are called off, nothing is done twice.

`WORKERS_ACCOUNTS` is how many accounts there are, `WORKERS_SEED` what the moments are drawn from.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pytest

from orchestrator import config
from orchestrator.assets.folders import PRODUCT
from orchestrator.rehearsal.checks import gathered
from orchestrator.rehearsal.conduct import copied, settled
from orchestrator.rehearsal.scenario import Weight
from orchestrator.sandbox import journal, lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox import state_machine
from tests.sandbox.calls import a_policy, a_role, a_trust_policy, until

ROOT = Path(__file__).parents[2]
ACCOUNTS = int(os.environ.get("WORKERS_ACCOUNTS", "13"))
SEED = int(os.environ.get("WORKERS_SEED", "1"))
WORKERS, KILLED = 4, 2
WIDTH = "--width", str(WORKERS)
HEARTBEAT, PATIENCE = "3", 40
"""Seconds between a worker's heartbeats, and after which the state machine misses them."""

UNDER_WAY = 30.0
"""Seconds after which what was under way when a run was called off has come to its end."""

INTO = 15.0
"""A worker is killed after a number of conclusions, and at most so many seconds after that."""

LONGEST = 1500.0
FOUNDATIONS = 3
ROLES = frozenset({"orchestrator-apply", "OrganizationAccountAccessRole", "administrator"})
REASON = "--reason", "many machines in a test"

pytestmark = [pytest.mark.terraform, pytest.mark.long]


@dataclass
class Machines:
    """An organization, a state machine, and workers with a folder of their own on one machine."""

    project: Path
    sandbox: Sandbox
    machine: state_machine.Machine
    keys: dict[str, str]
    bucket: str
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def argv(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "orchestrator", "--project", str(self.project), *words]

    def run(self, *words: str, code: int = 0) -> str:
        ended = subprocess.run(
            self.argv("--sandbox", *words),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended.stdout

    def outcomes(self, command: str) -> Counter[str]:
        found = json.loads(self.run(command, "all", "--format", "json"))
        return Counter(stack["outcome"] for stack in found["stacks"])

    def start(self) -> None:
        """A worker as it is deployed: with its own role's keys, and nothing else of AWS."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        env = {**own, **self.sandbox.environment, **self.keys}
        work = str(self.project.parent / "work")
        argv = self.argv("--work", work, "worker", "--heartbeat", HEARTBEAT)
        self.running.append(subprocess.Popen(argv, cwd=ROOT, env=env))

    def kill(self, number: int) -> None:
        self.running[number].send_signal(signal.SIGKILL)
        self.running[number].wait()

    def stop(self) -> None:
        for worker in self.running:
            worker.terminate()
        for worker in self.running:
            worker.wait()
        self.running.clear()

    def submit(self, *words: str) -> str:
        return self.run("submit", *words, "--yes").strip()

    def status(self, run: str) -> str:
        arn = f"{self.machine.arn.replace(':stateMachine:', ':execution:')}:{run}"
        found = self.sandbox.client("stepfunctions").describe_execution(executionArn=arn)
        return str(found["status"])

    def concluded(self, run: str) -> int:
        """How many stacks have come to a conclusion."""
        return len(self.objects(f"runs/{run}/results/"))

    def come_to(self, run: str, conclusions: int) -> None:
        """Wait for so many of them, as long as the run goes on."""
        over = ("SUCCEEDED", "ABORTED")

        def there() -> bool:
            status = self.status(run)
            assert status == "RUNNING" or status in over, f"the run is {status}"
            return self.concluded(run) >= conclusions or status in over

        until(there, "conclusions", LONGEST)
        assert self.concluded(run) >= conclusions

    def shown(self, run: str) -> Any:
        return json.loads(self.run("show", run, "--format", "json"))

    def alive(self) -> tuple[psutil.Process, ...]:
        """Terraform that works in one of the folders."""
        return tuple(filter(self._ours, psutil.process_iter(["name"])))

    def _ours(self, process: psutil.Process) -> bool:
        try:
            named = (process.info["name"] or "").startswith("terraform")
            return named and Path(process.cwd()).is_relative_to(self.project.parent)
        except psutil.Error:
            return False

    def locks(self) -> set[str]:
        """Locks of Terraform's and leases of ours."""
        return {key for key in self.objects() if key.endswith(".tflock") or key[:6] == "locks/"}

    def objects(self, prefix: str = "") -> set[str]:
        pages = self.sandbox.client("s3").get_paginator("list_objects_v2")
        found = pages.paginate(Bucket=self.bucket, Prefix=prefix)
        return {each["Key"] for page in found for each in page.get("Contents", ())}


def a_project(folder: Path) -> Any:
    """Files of its own: what is submitted must not change because somebody works here."""
    fleet = copied(ROOT, folder / "project", ACCOUNTS, Weight.LIGHT, date.today())
    for name in PRODUCT:
        (folder / "project" / name).unlink()
        shutil.copytree(ROOT / name, folder / "project" / name)
    file = folder / "project" / "account_configs" / "organization.yaml"
    said = file.read_text()
    assert said.count("  state:\n") == 1
    file.write_text(said.replace("  state:\n", "  state:\n    runs: true\n"))
    return fleet


def keys_of_a_worker(sandbox: Sandbox, machine: state_machine.Machine) -> dict[str, str]:
    account, queue = machine.queue_url.split("/")[-2:]
    region = sandbox.environment["AWS_REGION"]
    runner = f"arn:aws:iam::{account}:role/orchestrator-runner"
    trust = a_trust_policy({"AWS": f"arn:aws:iam::{account}:root"})
    role = a_role(sandbox, account, "orchestrator-worker", trust)
    put = sandbox.client("iam").put_role_policy
    queues = "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"
    arn = f"arn:aws:sqs:{region}:{account}:{queue}"
    policies = {
        "enter": a_policy("sts:AssumeRole", resource=runner),
        "take": a_policy(*queues, "sqs:GetQueueUrl", resource=arn),
        "answer": a_policy(
            "states:SendTaskHeartbeat",
            "states:SendTaskSuccess",
            "states:SendTaskFailure",
            resource="*",  # they take a token, and are asked on no machine
        ),
    }
    for name, policy in policies.items():
        put(RoleName="orchestrator-worker", PolicyName=name, PolicyDocument=policy)
    given = sandbox.client("sts").assume_role(RoleArn=role, RoleSessionName="worker")
    keys = given["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    folder = tmp_path_factory.mktemp("workers")
    fleet, project = a_project(folder), folder / "project"
    settings = lifecycle.Settings(journal_bytes=1 << 32, delays=("iam=0",))
    with lifecycle.running(project / ".sandbox", fleet, settings) as sandbox:
        bucket = config.load(project / "account_configs", date.today()).facts.state.bucket
        bare = Machines(project, sandbox, state_machine.Machine("", ""), {}, bucket)
        bare.run("bootstrap", "--yes")
        machine = state_machine.make(sandbox.client, bucket, PATIENCE)
        made = Machines(project, sandbox, machine, keys_of_a_worker(sandbox, machine), bucket)
        try:
            yield made
        finally:
            made.stop()
            assert not settled(made.alive)


def test_a_run_that_is_called_off_stops_everywhere(machines: Machines) -> None:
    for _ in range(WORKERS):
        machines.start()
    run = machines.submit("plan", "all", *WIDTH)
    machines.come_to(run, 2)
    said = machines.run("cancel", run, "--reason", "seen enough")
    before = machines.concluded(run)
    time.sleep(UNDER_WAY)
    left = machines.concluded(run)

    assert "seen enough" in said
    assert machines.status(run) == "ABORTED"
    assert 2 <= left <= before + WORKERS
    assert left < ACCOUNTS + FOUNDATIONS
    assert [worker.poll() for worker in machines.running] == [None] * WORKERS
    machines.stop()
    assert machines.concluded(run) == left
    shown = machines.shown(run)
    assert shown["exit_code"] == 130
    assert "seen enough" in shown["halted"]
    assert machines.locks() == set()


def test_workers_that_are_killed_lose_nothing_and_nothing_is_done_twice(
    machines: Machines,
) -> None:
    dice = random.Random(SEED)  # noqa: S311
    for _ in range(WORKERS):
        machines.start()
    begun, run = time.monotonic(), machines.submit("apply", "all", *WIDTH, *REASON)
    for number, concluded in enumerate(sorted(dice.sample(range(1, ACCOUNTS * 3 // 4), KILLED))):
        machines.come_to(run, concluded)
        time.sleep(dice.uniform(0, INTO))
        machines.kill(number)

    until(lambda: machines.status(run) != "RUNNING", "the run", LONGEST)
    seconds = time.monotonic() - begun
    machines.stop()

    shown = machines.shown(run)
    evidence = gathered(journal.read(machines.project / ".sandbox"), ROLES)
    print(  # noqa: T201  the counts are what the test is run for
        f"{ACCOUNTS} accounts, {WORKERS} workers, {KILLED} killed: {seconds:.0f} s;"
        f" created {evidence.creates}, twice {evidence.twice}, met {evidence.met}"
    )
    assert machines.status(run) == "SUCCEEDED"
    assert shown["state"] == "ended"
    assert len(shown["results"]) == ACCOUNTS + FOUNDATIONS
    assert {stack["outcome"] for stack in shown["results"]} <= {"applied", "unchanged"}
    assert all(stack["stages"] for stack in shown["results"])
    assert evidence.creates
    assert evidence.twice == ()
    assert machines.locks() == set()
    assert machines.outcomes("plan") == {"unchanged": ACCOUNTS + FOUNDATIONS}
