"""The main job from the command line, with the real Terraform and provider, when AWS goes away."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 900.0
"""Seconds. The provider gives a connection that is refused nine more tries, ever further apart."""

pytestmark = [pytest.mark.terraform, pytest.mark.long]


class Workspace:
    """A work folder and the command line, as a user has them."""

    def __init__(self, work: Path) -> None:
        self.work = work

    def argv(self, *words: str) -> list[str]:
        where = ["--project", str(ROOT), "--work", str(self.work)]
        return [sys.executable, "-m", "orchestrator", *where, *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.argv(*words), capture_output=True, text=True, check=False)

    def done(self, *words: str) -> str:
        ended = self.run(*words)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def kill_sandbox_once_it_saw(self, operation: str) -> None:
        """SIGKILL, as soon as an apply has asked for `operation`."""
        requests = self.work / ".sandbox" / "requests.jsonl"
        deadline = time.monotonic() + PATIENCE
        while not self._asked(requests, operation) and time.monotonic() < deadline:
            time.sleep(0.05)
        pid = json.loads((self.work / ".sandbox" / "sandbox.json").read_text())["pid"]
        os.kill(pid, signal.SIGKILL)

    def _asked(self, requests: Path, operation: str) -> bool:
        lines = requests.read_text().splitlines() if requests.is_file() else []
        return any(f'"{operation}"' in line and "orchestrator-apply" in line for line in lines)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_aws_gone_in_the_middle_of_an_apply_is_a_clear_result_and_the_next_run_converges(
    workspace: Workspace,
) -> None:
    workspace.done("sandbox", "start")
    try:
        workspace.done("--sandbox", "bootstrap", "--yes")
        with subprocess.Popen(
            workspace.argv("--sandbox", "apply", "log-archive", "--yes"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as applying:
            workspace.kill_sandbox_once_it_saw("PutBucketVersioning")
            said, _ = applying.communicate(timeout=PATIENCE)

        assert applying.returncode == 6, said
        assert "Traceback" not in said
        assert "log-archive/log_archive  denied" in said
        assert "log-archive/account      skipped" in said

        workspace.done("sandbox", "start")
        workspace.done("--sandbox", "bootstrap", "--yes")
        everything = ("management", "security", "log-archive")
        workspace.done("--sandbox", "apply", *everything, "--yes")
        planned = json.loads(workspace.done("--sandbox", "plan", *everything, "--format", "json"))
        assert [stack["outcome"] for stack in planned["stacks"]] == ["unchanged"] * 6
    finally:
        workspace.run("sandbox", "stop")
