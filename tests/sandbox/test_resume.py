"""A run that was killed, and the rest of it, with the real Terraform and provider."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.desk import Workspace, a_desk

pytestmark = [pytest.mark.terraform, pytest.mark.long]
PATIENCE = 300.0
FOUNDATIONS = "stack:log_archive or stack:organization"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The bootstrap is done, and nothing else."""
    workspace = a_desk(tmp_path_factory.mktemp("resume"))
    workspace.done("sandbox", "start")
    try:
        workspace.done("--sandbox", "bootstrap", "--yes")
        yield workspace
    finally:
        workspace.run("sandbox", "stop")


def journal_of(workspace: Workspace) -> Path:
    """The newest run's."""
    return max((workspace.work / ".orchestrator" / "runs").glob("*.journal"))


def shown(workspace: Workspace, run: str) -> Any:
    return json.loads(workspace.done("show", run, "--format", "json"))


def until_it_says(workspace: Workspace, words: tuple[str, ...]) -> Path:
    """Wait until one line of the journal has all of the words."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for file in (workspace.work / ".orchestrator" / "runs").glob("*.journal"):
            lines = file.read_text().splitlines()
            if any(all(word in line for word in words) for line in lines):
                return file
        time.sleep(0.02)
    raise AssertionError(f"no journal has said {words}")


def test_what_a_killed_run_has_left_is_done_and_nothing_else(workspace: Workspace) -> None:
    words = ("apply", FOUNDATIONS, "--yes", "--tolerate", "0")
    with subprocess.Popen(
        workspace.argv("--sandbox", *words),
        cwd=workspace.project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        file = until_it_says(workspace, ('"stack_ended"', '"log_archive"', '"applied"'))
        os.kill(running.pid, signal.SIGKILL)
    killed = file.stem

    assert shown(workspace, killed)["state"] == "died"
    resumed = workspace.document("resume", killed, "--yes")

    assert [(s["stack"], s["outcome"]) for s in resumed["stacks"]] == [("organization", "applied")]
    assert shown(workspace, "last")["resumes"] == killed
    assert shown(workspace, "last")["options"]["tolerate"] == 0
    everything = workspace.document("plan", FOUNDATIONS)
    assert {stack["outcome"] for stack in everything["stacks"]} == {"unchanged"}


def test_a_run_that_has_come_through_leaves_nothing_to_resume(workspace: Workspace) -> None:
    run = workspace.document("verify", "stack:log_archive")["run"]

    ended = workspace.run("--sandbox", "resume", run, "--yes")

    assert ended.returncode == 3
    assert "nothing is left of it to do" in ended.stderr


def test_a_run_is_not_resumed_on_other_modules(workspace: Workspace) -> None:
    refusing = workspace.project / "account_configs" / "organization.yaml"
    reviewed = refusing.read_text()
    refusing.write_text(reviewed.replace("glacier_after: 90", "glacier_after: 91"))
    workspace.document("plan", "stack:log_archive")
    with (workspace.project / "modules" / "log_archive" / "main.tf").open("a") as module:
        module.write("\nnonsense {\n")
    failed = workspace.document("plan", "stack:log_archive", code=5)["run"]
    refusing.write_text(reviewed)

    ended = workspace.run("--sandbox", "resume", failed, "--yes")

    assert ended.returncode == 3
    assert f"run {failed} cannot be resumed" in ended.stderr
    assert "configuration or modules have changed for log-archive/log_archive" in ended.stderr
