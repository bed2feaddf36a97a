from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.adapters.process_children import ChildProcesses
from orchestrator.errors import ToolMissing

SLEEP = ("/bin/sh", "-c", "echo started; exec sleep 60")
OWNER = """
import signal, time
from orchestrator.adapters.process_children import ChildProcesses
# Not by itself where the tests run in the background of a shell.
signal.signal(signal.SIGINT, signal.default_int_handler)
children = ChildProcesses()
child = children.start(("/bin/sh", "-c", "echo started; exec sleep 60"), {})
child.output.readline()
print(children.folder, child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def children() -> Iterator[ChildProcesses]:
    children = ChildProcesses()
    yield children
    children.stop()


def alive(pid: int) -> bool:
    """A zombie is gone, too: in a container nobody may be there to collect it."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def ends(pid: int) -> bool:
    deadline = time.monotonic() + 60
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_companions_and_their_folder_are_gone_when_their_owner_is_killed(how: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        text=True,
    ) as owner:
        assert owner.stdout
        folder, pid = owner.stdout.readline().split()
        assert alive(int(pid))
        assert Path(folder).is_dir()

        owner.send_signal(how)

    assert ends(int(pid))
    assert not Path(folder).exists()


def test_a_companion_sees_the_environment_it_is_given_and_no_other(
    children: ChildProcesses,
) -> None:
    child = children.start(("/usr/bin/env",), {"A": "b"})

    assert child.output.read() == b"A=b\n"


def test_all_companions_end_with_their_group(children: ChildProcesses) -> None:
    started = [children.start(SLEEP, {"PATH": "/usr/bin:/bin"}) for _ in range(3)]

    children.stop()

    assert not any(child.alive for child in started)
    assert not children.folder.exists()


def test_companions_end_even_when_somebody_killed_their_leader(children: ChildProcesses) -> None:
    child = children.start(SLEEP, {"PATH": "/usr/bin:/bin"})
    os.kill(os.getpgid(child.pid), signal.SIGKILL)

    children.stop()

    assert not child.alive
    assert not children.folder.exists()


def test_a_program_that_is_not_there_is_an_error_of_its_own(children: ChildProcesses) -> None:
    with pytest.raises(ToolMissing, match="cannot be started"):
        children.start(("/does/not/exist",), {})
