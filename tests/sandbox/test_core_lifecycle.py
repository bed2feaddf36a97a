"""Starting, finding, losing and ending a sandbox."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.errors import UsageError
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.fleet import grow
from orchestrator.sandbox.lifecycle import SandboxFailed, Settings
from tests.sandbox.fleets import MANAGEMENT, a_fleet


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    lifecycle.stop(tmp_path)


@pytest.fixture
def running(sandbox: Sandbox) -> lifecycle.State:
    """What is known of the sandbox that other tests share."""
    found = lifecycle.status(sandbox.home)
    assert found
    return found


def test_start_finds_the_sandbox_that_runs_already(
    sandbox: Sandbox, running: lifecycle.State
) -> None:
    assert lifecycle.start(sandbox.home, a_fleet()) == running
    assert lifecycle.status(sandbox.home) == running


def test_two_starts_at_the_same_time_are_one_sandbox(home: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: lifecycle.start(home, a_fleet()), range(2))

    assert one.pid == other.pid


def test_stop_ends_the_process_and_leaves_no_state(home: Path) -> None:
    running = lifecycle.start(home, a_fleet())

    assert lifecycle.stop(home)

    assert lifecycle.status(home) is None
    assert not (home / lifecycle.FILE).exists()
    with pytest.raises(ProcessLookupError):
        os.kill(running.pid, 0)
    assert not lifecycle.stop(home)


def test_a_killed_sandbox_is_not_running_and_can_be_started_again(home: Path) -> None:
    killed = lifecycle.start(home, a_fleet())
    os.kill(killed.pid, signal.SIGKILL)
    os.waitpid(killed.pid, 0)

    assert lifecycle.status(home) is None
    again = lifecycle.start(home, a_fleet())
    assert again.pid != killed.pid


def test_the_process_of_somebody_else_is_never_touched(home: Path) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        lifecycle.State(bystander.pid, 1, {}).write(home)

        assert lifecycle.status(home) is None
        assert not lifecycle.stop(home)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_the_state_is_for_its_owner_alone(sandbox: Sandbox, running: lifecycle.State) -> None:
    assert (sandbox.home / lifecycle.FILE).stat().st_mode & 0o777 == 0o600
    assert running.environment["AWS_ENDPOINT_URL"] == f"http://aws.test:{running.port}"
    assert running.environment["HTTP_PROXY"] == f"http://127.0.0.1:{running.port}"


def test_the_environment_alone_is_enough_for_any_program(running: lifecycle.State) -> None:
    code = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"

    said = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], **running.environment},
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.strip() == MANAGEMENT


def test_a_sandbox_that_cannot_start_says_why(home: Path, running: lifecycle.State) -> None:
    with pytest.raises(SandboxFailed, match=f"port {running.port}"):
        lifecycle.start(home, a_fleet(), Settings(port=running.port))


@pytest.mark.parametrize("rate", ["x", "2"])
def test_a_fault_that_cannot_be_read_starts_nothing(home: Path, rate: str) -> None:
    with pytest.raises(UsageError, match=f"s3:\\*:throttle:{rate}"):
        lifecycle.start(home, a_fleet(), Settings(faults=(f"s3:*:throttle:{rate}",)))

    assert lifecycle.status(home) is None


def test_five_hundred_accounts_fit_into_moderate_memory(home: Path) -> None:
    running = lifecycle.start(home, grow(a_fleet(), 500))
    sandbox = Sandbox(running.port, running.environment, home)

    pages = sandbox.client("organizations").get_paginator("list_accounts").paginate()
    accounts = [account["Id"] for page in pages for account in page["Accounts"]]

    assert len(set(accounts)) == 500
    assert sandbox.client("sts", accounts[-1]).get_caller_identity()["Account"] == accounts[-1]
    status = Path(f"/proc/{running.pid}/status")
    if status.exists():
        resident = int(status.read_text().split("VmRSS:")[1].split()[0]) // 1024
        assert resident < 300, f"{resident} MB"
