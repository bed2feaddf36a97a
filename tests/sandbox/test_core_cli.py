"""`orchestrator sandbox`, as a user types it, with the sample organization."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.cli.main import run
from orchestrator.model.exit_code import ExitCode
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox

PROJECT = str(Path(__file__).parents[2])


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    lifecycle.stop(tmp_path / ".sandbox")


def typed(work: Path, *words: str) -> int:
    return run(["--project", PROJECT, "--work", str(work), "sandbox", *words])


def test_it_is_started_used_looked_at_and_ended(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(work, "start", "--fault", "sns:*:error:1") == ExitCode.DONE
    started = capsys.readouterr().out
    assert "12 accounts" in started
    assert 'eval "$(orchestrator sandbox env)"' in started

    state = lifecycle.status(work / ".sandbox")
    assert state is not None
    typed(work, "status")
    assert capsys.readouterr().out == f"sandbox: running, pid {state.pid}, port {state.port}\n"
    typed(work, "env")
    assert f"export AWS_ENDPOINT_URL=http://aws.test:{state.port}" in capsys.readouterr().out

    Sandbox(state.port, state.environment, work).client("sts").get_caller_identity()
    typed(work, "log", "--operation", "sts:*")
    assert capsys.readouterr().out.endswith("sts:GetCallerIdentity 200 user/administrator\n")
    typed(work, "log", "--account", "999999999999", "--json")
    assert json.loads(capsys.readouterr().out) == {"version": 1, "requests": []}

    assert typed(work, "stop") == ExitCode.DONE
    assert capsys.readouterr().out == "sandbox: stopped\n"


def test_where_none_runs_the_commands_say_so(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(work, "status", "--json") == ExitCode.DONE
    assert json.loads(capsys.readouterr().out) == {"version": 1, "running": False}
    assert typed(work, "env") == ExitCode.CONFIGURATION
    assert "start one: orchestrator sandbox start" in capsys.readouterr().err
    assert typed(work, "stop") == ExitCode.DONE
    assert capsys.readouterr().out == "sandbox: none was running\n"


def test_a_fault_that_cannot_be_read_is_a_mistake_of_the_user(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(work, "start", "--fault", "s3:*:explode:1") == ExitCode.CONFIGURATION
    assert "fault 's3:*:explode:1'" in capsys.readouterr().err


def test_it_grows_with_configuration_for_the_new_accounts(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grown = work / "grown" / "account_configs"

    assert typed(work, "start", "--accounts", "50", "--configs", str(grown)) == ExitCode.DONE

    assert "50 accounts" in capsys.readouterr().out
    assert run(["--project", str(grown.parent), "validate"]) == ExitCode.DONE
    assert "50 accounts" in capsys.readouterr().out
