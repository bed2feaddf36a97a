"""What must not be cut off when we are killed: Terraform while it writes.

It writes to files instead of pipes: a pipe without a reader would end it on the spot. And
a shell knows its process group: when the pipe that only we hold ends, it gives what still runs time
to come to its own end, and interrupts it after that. Not at once: an interrupt breaks off what the
provider is waiting for, such as a key that is being made, and Terraform then takes the resource for
damaged and wants to make it anew.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import psutil

from orchestrator.adapters.process_output import KEPT
from orchestrator.errors import ToolMissing

WATCH = """
left_seconds=$1
while read -r sign group; do
  left=
  for each in $running; do [ "$each" = "$group" ] || left="$left $each"; done
  running=$left
  [ "$sign" = + ] && running="$running $group"
done
for each in $running; do
  while [ "$left_seconds" -gt 0 ] && kill -s 0 -- "-$each"; do
    sleep 1
    left_seconds=$((left_seconds - 1))
  done
  kill -s INT -- "-$each"
done
"""
OWN_END = 600
"""Seconds; less than a lease, so that no run works in an account that another has taken over."""

SHELL = {"PATH": "/usr/bin:/bin"}


class Guard:
    """Begins with the first process to be guarded, and ends when we do.

    `seconds` is how long what we leave behind may go on.
    """

    def __init__(self, seconds: int = OWN_END) -> None:
        self._seconds = seconds
        self._shell: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    @contextmanager
    def over(self, group: int) -> Iterator[None]:
        """The process group is looked after if we are gone before the context has ended."""
        self._say(f"+ {group}\n")
        try:
            yield
        finally:
            self._say(f"- {group}\n")

    def _say(self, line: str) -> None:
        with self._lock:
            shell = self._shell = self._shell or _start(self._seconds)
            with contextlib.suppress(BrokenPipeError):
                if shell.stdin:
                    shell.stdin.write(line.encode())
                    shell.stdin.flush()

    def stop(self) -> None:
        with self._lock:
            shell, self._shell = self._shell, None
        if shell and shell.stdin:
            shell.stdin.close()
            shell.wait()


class Files:
    """Standard output and error of a process, in files that are gone once they are closed."""

    def __init__(self) -> None:
        self.stdout: IO[bytes] = TemporaryFile()  # noqa: SIM115
        self.stderr: IO[bytes] = TemporaryFile()  # noqa: SIM115

    def texts(self) -> tuple[str, str]:
        """The ends of both."""
        return _tail(self.stdout), _tail(self.stderr)

    def close(self) -> None:
        self.stdout.close()
        self.stderr.close()


def _tail(file: IO[bytes]) -> str:
    size = os.fstat(file.fileno()).st_size
    return os.pread(file.fileno(), KEPT, max(0, size - KEPT)).decode("utf-8", "replace")


def _start(seconds: int) -> subprocess.Popen[bytes]:
    """In a session of its own: what ends us from the terminal must not end it."""
    try:
        return subprocess.Popen(
            ("/bin/sh", "-c", WATCH, "guard", str(seconds)),
            cwd="/",
            env=SHELL,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolMissing(f"'/bin/sh' cannot be started: {error}") from error


log = logging.getLogger(__name__)

NAMES = ("terraform", "tofu")
PATIENCE = OWN_END + 120.0
"""Seconds: once interrupted, Terraform still finishes the resource it is at."""


def awaited(build: Path, patience: float = PATIENCE, pause: float = 0.2) -> None:
    """Wait for those that still write below `build`: nothing is planned on what they change.

    What takes longer is left to Terraform's own lock.
    """
    if not at_work_below(build, orphaned):
        return
    log.warning("Terraform of a run that was killed is still at work; waiting for it")
    deadline = time.monotonic() + patience
    while at_work_below(build, orphaned) and time.monotonic() < deadline:
        time.sleep(pause)


def at_work_below(folder: Path, which: Callable[[psutil.Process], bool]) -> bool:
    """Whether there is such a Terraform in the folder, or in one below it."""
    root = folder.resolve()
    return any(_is_there(process, root, which) for process in psutil.process_iter(["name"]))


def orphaned(process: psutil.Process) -> bool:
    """Whether the program that started it is gone, so that init or a stand-in has it now."""
    parent = process.parent()
    return parent is None or not parent.name().startswith(("python", "orchestrator"))


def _is_there(process: psutil.Process, root: Path, which: Callable[[psutil.Process], bool]) -> bool:
    try:
        if not (process.info["name"] or "").startswith(NAMES):
            return False
        return Path(process.cwd()).is_relative_to(root) and which(process)
    except psutil.Error:
        return False
