"""What must not be cut off when we are killed: Terraform while it writes.

It writes to files instead of pipes: a pipe without a reader would end it on the spot. And
a program of ours knows its process group (process_watch.py): when the pipe that only we hold ends,
it gives what still runs time to come to its own end, and interrupts it after that. It does the same
when we stand still and the lease of the account runs out. Not at once: an interrupt breaks off what
the provider is waiting for, such as a key that is being made, and Terraform then takes the resource
for damaged and wants to make it anew.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import psutil

from orchestrator.adapters import process_watch
from orchestrator.adapters.process_output import KEPT
from orchestrator.errors import ToolMissing

OWN_END = 480
"""Seconds; with `ENDING` less than is left of a lease that was renewed when it was due, so that no
Terraform works in an account that another run has taken over."""

TERMINATE, KILL = 120.0, 130.0
"""Seconds after the interrupt."""

PROGRAM = Path(process_watch.__file__)


class Guard:
    """Begins with the first process to be guarded, and ends when we do.

    `seconds` is how long what we leave behind may go on.
    """

    def __init__(self, seconds: int = OWN_END) -> None:
        self._seconds = seconds
        self._watch: subprocess.Popen[bytes] | None = None
        self._left: dict[str, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def over(self, group: int, folder: Path) -> Iterator[None]:
        """The process group is looked after if we are gone before the context has ended."""
        self._say({"begun": group, "folder": str(folder)}, begin=True)
        try:
            yield
        finally:
            self._say({"ended": group})

    def allow(self, folder: Path, until: float | None) -> None:
        """What runs in the folder may go on until then, in `ticks`; None: as long as we do."""
        with self._lock:
            if until is None:
                self._left.pop(str(folder), None)
            else:
                self._left[str(folder)] = until
        self._say(_left(str(folder), until))

    def _say(self, line: Mapping[str, object], *, begin: bool = False) -> None:
        with self._lock:
            if self._watch is None and begin:
                self._watch = _start(self._seconds)
                for folder, until in self._left.items():
                    _write(self._watch, _left(folder, until))
            if self._watch:
                _write(self._watch, line)

    def stop(self) -> None:
        with self._lock:
            watch, self._watch = self._watch, None
        if watch and watch.stdin:
            watch.stdin.close()
            watch.wait()


def _left(folder: str, until: float | None) -> dict[str, object]:
    left = {} if until is None else {"left": max(0.0, until - process_watch.ticks())}
    return {"folder": folder, **left}


def _write(watch: subprocess.Popen[bytes], line: Mapping[str, object]) -> None:
    with contextlib.suppress(BrokenPipeError):
        if watch.stdin:
            watch.stdin.write(f"{json.dumps(line)}\n".encode())
            watch.stdin.flush()


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
            # -I, -S: nothing that lies in a folder or in the environment is imported by it.
            (sys.executable, "-I", "-S", str(PROGRAM), *map(str, (seconds, TERMINATE, KILL))),
            cwd="/",
            env={},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolMissing(f"'{sys.executable}' cannot be started: {error}") from error


log = logging.getLogger(__name__)

NAMES = ("terraform", "tofu")
PATIENCE = OWN_END + KILL
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
