"""How much memory our processes take, asked of the machine again and again."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import psutil

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
