from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from orchestrator.adapters.process_guard import at_work_below, awaited, orphaned

FORKS = """
import os, sys
if os.fork() == 0:
    os.setsid()
    os.chdir(sys.argv[1])
    os.execv(sys.argv[2], [sys.argv[2], "30"])
"""


def a_terraform(folder: Path) -> Path:
    """Something that runs under that name."""
    program = folder / "terraform"
    program.symlink_to("/bin/sleep")
    return program


def an_orphan(program: Path, folder: Path) -> None:
    subprocess.run([sys.executable, "-c", FORKS, str(folder), str(program)], check=True)
    deadline = time.monotonic() + 60
    while not at_work_below(folder, orphaned) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_terraform_whose_run_is_gone_is_waited_for(tmp_path: Path) -> None:
    work = tmp_path / "build" / "orders" / "account"
    work.mkdir(parents=True)
    an_orphan(a_terraform(tmp_path), work)
    assert at_work_below(tmp_path / "build", orphaned)
    seen: list[int] = []

    def stop_it(process: object) -> bool:
        seen.append(process.pid)  # type: ignore[attr-defined]
        return True

    began = time.monotonic()
    awaited(tmp_path / "build", patience=0.5, pause=0.05)
    waited = time.monotonic() - began
    at_work_below(tmp_path / "build", stop_it)
    os.kill(seen[0], signal.SIGKILL)

    assert waited >= 0.5


def test_a_terraform_of_a_living_run_or_of_another_project_is_not(tmp_path: Path) -> None:
    mine, other = tmp_path / "build", tmp_path / "other"
    mine.mkdir()
    other.mkdir()
    with subprocess.Popen([str(a_terraform(tmp_path)), "30"], cwd=mine) as running:
        time.sleep(0.1)
        assert at_work_below(mine, lambda _: True)
        assert not at_work_below(mine, orphaned)
        assert not at_work_below(other, lambda _: True)
        awaited(mine)
        running.kill()
