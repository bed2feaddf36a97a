"""The program as its users run it: a process, its events read as they come, killed on time.

How much memory our processes take is asked of the machine again and again.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

ROOT = Path(__file__).parents[2]

Stderr = IO[bytes] | None
"""Where log lines go; None is our own stderr."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One start of the program, and how it ended; `code` is negative for the signal it died of.

    `outcomes` are counted by the events, which a killed program has told, too.
    """

    words: tuple[str, ...]
    code: int
    seconds: float
    cpu: float
    killed: str = ""
    run: str = ""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    halted: str = ""
    waves: tuple[str, ...] = ()
    """Groups that were begun."""
    stacks: tuple[Mapping[str, Any], ...] = ()
    """Of the result, if there was one."""


@dataclass(frozen=True, slots=True)
class Kill:
    """After so many seconds the process gets this signal."""

    after: float
    signal: signal.Signals = signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Program:
    """Starts `orchestrator` on a project. `started` is told of every process."""

    project: Path
    stderr: Stderr = None
    started: Callable[[int], None] = lambda _: None

    def run(self, *words: str, kill: Kill | None = None) -> Attempt:
        """Run to its end, or to the signal's."""
        begun = time.monotonic()
        argv = [sys.executable, "-m", "orchestrator", "--project", str(self.project), *words]
        with subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=self.stderr, text=True, env=_environment()
        ) as child:
            self.started(child.pid)
            sent: list[str] = []
            timer = _timer(child, kill, sent)
            try:
                output = _listened(child)
                used = _awaited(child)
            except BaseException:
                child.terminate()
                child.wait()
                raise
            finally:
                if timer:
                    timer.cancel()
        return Attempt(
            words,
            child.returncode,
            time.monotonic() - begun,
            used.ru_utime + used.ru_stime,
            "".join(sent),
            output.run,
            dict(output.outcomes),
            output.halted,
            tuple(output.waves),
            output.stacks,
        )


def _listened(child: subprocess.Popen[str]) -> ProgramOutput:
    output = ProgramOutput()
    assert child.stdout is not None  # noqa: S101
    for line in child.stdout:
        output.line(line)
    return output


def _awaited(child: subprocess.Popen[str]) -> resource.struct_rusage:
    """What it has used, with all it has waited for itself."""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return used


@dataclass(slots=True)
class ProgramOutput:
    """What the lines of stdout have said so far; those that are not events say nothing."""

    run: str = ""
    halted: str = ""
    waves: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    stacks: tuple[Mapping[str, Any], ...] = ()

    def line(self, line: str) -> None:
        event = _event(line)
        self.run = event.get("run") or self.run
        match event.get("event"):
            case "stack_ended":
                self.outcomes[event["outcome"]] += 1
            case "group_started":
                self.waves.append(event["name"])
            case "halted":
                self.halted = event["why"]
            case "result":
                self.stacks = tuple(event["result"]["stacks"])


def _event(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line) if line.startswith("{") else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _timer(
    child: subprocess.Popen[str], kill: Kill | None, sent: list[str]
) -> threading.Timer | None:
    if kill is None:
        return None

    def send() -> None:
        if child.returncode is None:
            sent.append(kill.signal.name)
            os.kill(child.pid, kill.signal)

    timer = threading.Timer(kill.after, send)
    timer.daemon = True
    timer.start()
    return timer


def _environment() -> Mapping[str, str]:
    """Ours, with this very package in front of any other that is installed."""
    paths: Sequence[str] = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Bytes by kind of process, so many seconds after the beginning."""

    at: float
    kinds: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.kinds.values())


@dataclass(slots=True)
class Sampler:
    """Watches processes, all they start, and what they leave behind.

    Memory that processes share counts once, divided among them (PSS), where the system says how
    much that is: fifty providers are one program.
    """

    pause: float = PAUSE
    clock: Callable[[], float] = time.monotonic
    samples: list[Sample] = field(default_factory=list)
    _known: dict[int, psutil.Process] = field(default_factory=dict)
    _done: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Sampler:
        started = self.clock()
        self._thread = threading.Thread(target=self._sample, args=(started,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread:
            self._thread.join()

    def watch(self, pid: int) -> None:
        """Count this process, too, and all it starts."""
        with self._lock:
            self._known[pid] = psutil.Process(pid)

    def alive(self) -> tuple[psutil.Process, ...]:
        """What was ever seen and still runs."""
        with self._lock:
            found = {p.pid: p for known in self._known.values() for p in _family(known)}
            self._known = found
            return tuple(found.values())

    def _sample(self, started: float) -> None:
        while not self._done.wait(self.pause):
            self.samples.append(Sample(self.clock() - started, measured(self.alive())))


def measured(processes: Iterable[psutil.Process]) -> Mapping[str, int]:
    """Bytes by kind; a process that ends meanwhile counts for nothing."""
    bytes_of = Counter[str]()
    for process in processes:
        try:
            bytes_of[kind(process.name(), process.cmdline())] += _size(process)
        except psutil.Error:
            continue
    return dict(bytes_of)


def kind(name: str, argv: Iterable[str]) -> str:
    """What a process is to us."""
    words = " ".join(argv)
    if name.startswith("terraform-prov") or "terraform-provider" in words:
        return "providers"
    if name == "terraform":
        return "terraform"
    return "checkov" if "checkov" in words else "orchestrator"


def _family(process: psutil.Process) -> list[psutil.Process]:
    try:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return []
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _size(process: psutil.Process) -> int:
    try:
        whole = process.memory_full_info()
        return int(getattr(whole, "pss", 0) or whole.rss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
