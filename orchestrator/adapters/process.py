"""The one way to start a process: a list of arguments, a whole environment, no shell.

Ctrl-C reaches only us, because every process leads a group of its own. `Processes` hands it
on when it is told to, politely first: Terraform answers SIGINT by finishing what it began, saving
its state and releasing the lock. A second SIGINT would make it drop all three: none is ever sent.
"""

from __future__ import annotations

import logging
import math
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from orchestrator.adapters.process_guard import KILL, Files, Guard
from orchestrator.adapters.process_output import OnLine, Outputs, send
from orchestrator.adapters.process_watch import ticks
from orchestrator.errors import Interrupted, LeaseLost, ToolMissing

log = logging.getLogger(__name__)

SECRET = re.compile(r"SECRET|TOKEN|PASSWORD", re.IGNORECASE)


HANDED_OVER = KILL
"""Seconds after which the guard ends what we should have ended: by then we stand still."""


class Ending(StrEnum):
    EXITED = "exited"
    TIMED_OUT = "timed out"
    INTERRUPTED = "interrupted"
    FENCED = "the lease was lost"


@dataclass(frozen=True, slots=True)
class Grace:
    """Seconds between SIGINT and SIGTERM, and between SIGTERM and SIGKILL."""

    interrupt: float = 120.0
    terminate: float = 10.0


@dataclass(frozen=True, slots=True)
class Command:
    """What to start. `env` is all it will see; `stdout` a file to be written instead of kept.

    `private` makes every file it creates readable by its owner alone. `survives`: it comes to its
    own end should we be killed, and none of its lines is delivered while it runs.
    """

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]
    timeout: float | None = None
    stdout: Path | None = None
    private: bool = False
    survives: bool = False
    grace: Grace = Grace()
    stdin: Path | None = None
    """A file it may read; nothing by default."""


@dataclass(frozen=True, slots=True)
class Completed:
    """How a process ended. `code` is negative for the signal that killed it; times in seconds."""

    argv: tuple[str, ...]
    code: int
    stdout: str
    stderr: str
    seconds: float
    cpu_seconds: float
    ending: Ending


class Processes:
    """All running children, so that they can be asked to stop together."""

    def __init__(self, pause: float = 0.01, guard: Guard | None = None) -> None:
        self._pause = pause
        self._stopping = False
        self._guard = guard or Guard()
        self._allowed: dict[Path, float] = {}

    def allow(self, folder: Path, until: float | None) -> None:
        """What runs in a folder may do so until then, in `ticks`; it is interrupted after that.

        None lifts the limit. One that is given again replaces the one before.
        """
        folder = folder.absolute()
        if until is None:
            self._allowed.pop(folder, None)
        else:
            self._allowed[folder] = until
        self._guard.allow(folder, None if until is None else until + HANDED_OVER)

    def refuse(self, folder: Path) -> None:
        """Raises LeaseLost if nothing may run in the folder any more."""
        if self._fenced(folder):
            raise LeaseLost(f"{folder}: nothing more is begun there")

    def _fenced(self, folder: Path) -> bool:
        return ticks() >= self._allowed.get(folder.absolute(), math.inf)

    def interrupt_all(self) -> None:
        """Interrupt what runs and start nothing more. Safe to call from a signal handler.

        Each thread that waits for a child does it, so the children stop side by side. A flag
        and no lock: a handler may interrupt the main thread anywhere.
        """
        self._stopping = True

    def close(self) -> None:
        """To be called when no further process will be started."""
        self._guard.stop()

    def run(self, command: Command, on_line: OnLine | None = None) -> Completed:
        """Wait for a process, handing each line of its standard output to `on_line`.

        Raises Interrupted when the run is being stopped already, LeaseLost when nothing may run in
        the folder any more, ToolMissing when there is nothing to start.
        """
        self.refuse(command.cwd)
        if self._stopping:
            raise Interrupted(f"'{command.argv[0]}' was not started: the run is being stopped")
        _refuse_secrets(command)
        started = time.monotonic()
        files = Files() if command.survives else None
        child = _start(command, files)
        with self._guard.over(child.pid, command.cwd.absolute()) if files else nullcontext():
            ended, texts = self._finished(child, command, on_line)
        if files:
            texts = files.texts()
            files.close()
        seconds = time.monotonic() - started
        log.debug("%s: %s, %d (%.2f s)", " ".join(command.argv), ended.by, ended.code, seconds)
        return Completed(command.argv, ended.code, *texts, seconds, ended.cpu_seconds, ended.by)

    def _finished(
        self, child: subprocess.Popen[bytes], command: Command, on_line: OnLine | None
    ) -> tuple[_Ended, tuple[str, str]]:
        stop = _Stop(child.pid, command.grace)
        outputs = Outputs(child.pid, (child.stdout, child.stderr), on_line)
        try:
            ended = self._await(child, command, stop, outputs)
        except BaseException:
            outputs.silence()
            if child.returncode is None:
                self._await(child, replace(command, timeout=0.0), stop, outputs)
            raise
        finally:
            outputs.close()
        outputs.deliver()
        return ended, outputs.texts()

    def _await(
        self,
        child: subprocess.Popen[bytes],
        command: Command,
        stop: _Stop,
        outputs: Outputs,
    ) -> _Ended:
        """Poll rather than block: the thread that signals is then the one that reaps, and no
        signal can reach a process number that has been given away again.
        """
        limit = math.inf if command.timeout is None else command.timeout
        deadline = time.monotonic() + limit
        by = Ending.EXITED
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                child.returncode = os.waitstatus_to_exitcode(status)
                return _Ended(child.returncode, usage.ru_utime + usage.ru_stime, by)
            if by is Ending.EXITED:
                by = self._why_end(command, deadline)
            if by is not Ending.EXITED and not self._watched(command):
                stop.step()
            outputs.deliver()
            time.sleep(self._pause)

    def _why_end(self, command: Command, deadline: float) -> Ending:
        if self._fenced(command.cwd):
            return Ending.FENCED
        if self._stopping:
            return Ending.INTERRUPTED
        return Ending.TIMED_OUT if time.monotonic() >= deadline else Ending.EXITED

    def _watched(self, command: Command) -> bool:
        """Whether the guard has interrupted it, as we stood still: nobody does so twice."""
        until = self._allowed.get(command.cwd.absolute(), math.inf)
        return command.survives and ticks() >= until + HANDED_OVER


@dataclass(frozen=True, slots=True)
class _Ended:
    code: int
    cpu_seconds: float
    by: Ending


class _Stop:
    """Ever sharper signals to a process group, each sent once, however often it is asked for."""

    def __init__(self, group: int, grace: Grace) -> None:
        self._group = group
        self._began: float | None = None
        self._left = [
            (0.0, signal.SIGINT),
            (grace.interrupt, signal.SIGTERM),
            (grace.interrupt + grace.terminate, signal.SIGKILL),
        ]

    def step(self) -> None:
        """Send the signal whose time has come; to be called again and again."""
        now = time.monotonic()
        self._began = now if self._began is None else self._began
        if self._left and now >= self._began + self._left[0][0]:
            send(self._group, self._left.pop(0)[1])


def _start(command: Command, files: Files | None) -> subprocess.Popen[bytes]:
    output, given = subprocess.PIPE, subprocess.DEVNULL
    try:
        if command.stdin:
            given = os.open(command.stdin, os.O_RDONLY)
        if command.stdout:
            output = os.open(command.stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        return subprocess.Popen(
            command.argv,
            cwd=command.cwd,
            env=dict(command.env),
            stdin=given,
            stdout=files.stdout if files else output,
            stderr=files.stderr if files else subprocess.PIPE,
            start_new_session=True,
            umask=0o077 if command.private else -1,
        )
    except OSError as error:
        raise ToolMissing(f"'{command.argv[0]}' cannot be started: {error}") from error
    finally:
        for descriptor in (output, given):
            if descriptor not in (subprocess.PIPE, subprocess.DEVNULL):
                os.close(descriptor)


def _refuse_secrets(command: Command) -> None:
    """Anyone on the machine can read another process's arguments."""
    for name, value in command.env.items():
        if SECRET.search(name) and len(value) >= 8 and any(value in arg for arg in command.argv):
            raise ValueError(f"the value of {name} must not be an argument of {command.argv[0]}")
