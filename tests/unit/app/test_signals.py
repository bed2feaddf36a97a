"""What the signals do by which the world ends us; each to a process of its own, with keys."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys, time
from pathlib import Path
from orchestrator.adapters.private_folders import private_folder
from orchestrator.app.signals import ended_in_order

try:
    with ended_in_order(), private_folder(Path(sys.argv[1])):
        print("ready", flush=True)
        time.sleep(60)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    Path(sys.argv[2]).touch()
"""


def program(tmp_path: Path) -> list[str]:
    (tmp_path / "keys").mkdir()
    return [sys.executable, "-c", PROGRAM, str(tmp_path / "keys"), str(tmp_path / "ended")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_process_that_is_asked_to_end_takes_its_keys_along(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = subprocess.Popen(program(tmp_path), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"

    process.send_signal(number)

    assert process.wait(20) == 0
    assert list((tmp_path / "keys").iterdir()) == []
    assert (tmp_path / "ended").exists()


def test_a_process_whose_terminal_is_closed_goes_on_to_its_orderly_end(tmp_path: Path) -> None:
    """It goes on although nothing can be printed any more."""
    child, terminal = pty.fork()
    if not child:
        command = program(tmp_path)
        os.execv(command[0], command)  # noqa: S606  a terminal of its own, as pty makes it
    assert b"ready" in os.read(terminal, 100)

    os.close(terminal)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert list((tmp_path / "keys").iterdir()) == []
    assert (tmp_path / "ended").exists()


def test_nohup_is_heeded(tmp_path: Path) -> None:
    command = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *program(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"

    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGTERM)

    assert process.wait(20) == 0
