"""What all stacks of a run share, and many stacks at the same time within it.

Shared are ports, options, concurrency, and what came of each so far. How many are worked on at once
is what the machine carries and what AWS puts up with: additive increase, multiplicative decrease,
as TCP does it. Halved when AWS asks us to slow down, one more after each round that went well.
Source: D. Chiu, R. Jain, "Analysis of the Increase and Decrease Algorithms for Congestion
Avoidance", 1989.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Event, Lock
from typing import TypeVar

from orchestrator.model.events import GroupEnded, GroupStarted, RunStarted, StackEnded, Waiting
from orchestrator.model.inventory import Standings
from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Ports
from orchestrator.stages.attempts import attempt
from orchestrator.stages.jobs import Group, Job

log = logging.getLogger(__name__)

BEARABLE = 4
"""So often a stack may be asked to slow down: its requests are tried again, each by itself. Of some
twenty requests a stack that is one in five.
"""


@dataclass(frozen=True, slots=True)
class Concurrency:
    """The width AWS puts up with, as a fraction that grows by little steps."""

    width: float

    def slower(self) -> Concurrency:
        return Concurrency(max(1.0, self.width / 2))

    def faster(self, ceiling: int) -> Concurrency:
        """After one stack that went well: one more after as many stacks as are under way."""
        return Concurrency(max(1.0, min(float(ceiling), self.width + 1 / max(1.0, self.width))))


class ConcurrencyLimit:
    """The width of a run, looked up before each stack is started."""

    def __init__(self, ports: Ports, asked: int | None = None) -> None:
        self._ports = ports
        self._asked = asked
        self._concurrency: Concurrency | None = None
        self._seen = ports.capacity.throttles()
        self._lock = Lock()

    def width(self, most: int, under_way: int) -> int:
        """How many may be under way now, at least one; so many are."""
        with self._lock:
            ceiling = max(1, min(most, self._ceiling(under_way)))
            width = (
                ceiling if self._concurrency is None else min(ceiling, int(self._concurrency.width))
            )
            self._ports.capacity.use(width, ceiling)
            return width

    def ended(self, under_way: int) -> None:
        """A stack has ended; `under_way` were, with it."""
        with self._lock:
            throttles = self._ports.capacity.throttles()
            slow, self._seen = throttles - self._seen > BEARABLE, throttles
            before = int(self._concurrency.width) if self._concurrency else under_way
            if slow:
                self._concurrency = (self._concurrency or Concurrency(float(under_way))).slower()
            elif self._concurrency is not None:
                self._concurrency = self._concurrency.faster(self._ceiling(under_way))
            width = int(self._concurrency.width) if self._concurrency else 0
        if slow and width < before:
            self._ports.emit(Waiting(f"AWS asks to slow down: {width} at the same time", 0.0))
            log.warning("AWS asks to slow down: %d stacks at the same time", width)

    def _ceiling(self, under_way: int) -> int:
        return self._asked or self._ports.capacity.width(under_way)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a rollout keeps to.

    `width` is the most stacks at the same time; None leaves it to the machine. `tolerated` is the
    failure budget of every wave instead of what the waves say. `pause_after` names the group after
    which the run ends. `standings` is what AWS Organizations says of accounts.
    """

    today: date
    width: int | None = None
    tolerated: int | None = None
    stop: Event = field(default_factory=Event)
    abandoned: Event = field(default_factory=Event)
    """Set when what is planned ahead will not be applied any more."""
    run: str = ""
    pause_after: str = ""
    standings: Standings = field(default_factory=Standings)
    accept_moved: bool = False
    """Apply what is written for an account's old OU where AWS has it in another."""

    @property
    def stopping(self) -> bool:
        return self.stop.is_set() or self.abandoned.is_set()


@dataclass(frozen=True, slots=True)
class RunContext:
    """The ports, the options and the concurrency that all groups of a run share."""

    ports: Ports
    options: RunOptions
    concurrency: ConcurrencyLimit

    @staticmethod
    def of(ports: Ports, options: RunOptions) -> RunContext:
        return RunContext(ports, options, ConcurrencyLimit(ports, options.width))

    def unless(self, abandoned: Event) -> RunContext:
        """The same, for what is done ahead and may turn out to be in vain."""
        return replace(self, options=replace(self.options, abandoned=abandoned))


Results = tuple[StackResult, ...]


@dataclass(slots=True)
class Progress:
    """The results of a run as they come, each published once: here and nowhere else."""

    context: RunContext
    groups: Sequence[Group]
    ended: dict[StackKey, StackResult] = field(default_factory=dict)

    @staticmethod
    def begin(command: str, groups: Sequence[Group], context: RunContext) -> Progress:
        """Publish what the run is about."""
        named = tuple((group.name, tuple(job.key for job in group.jobs)) for group in groups)
        context.ports.emit(RunStarted(context.options.run, command, named))
        return Progress(context, groups)

    @contextmanager
    def group(self, group: Group) -> Iterator[None]:
        """For as long as the group is worked on. Without its end where that breaks off."""
        started = time.monotonic()
        self.context.ports.emit(GroupStarted(group.name, len(group.jobs)))
        yield
        failed = sum(not result.stands for result in self.of(group))
        self.context.ports.emit(GroupEnded(group.name, failed, time.monotonic() - started))

    def end(self, result: StackResult) -> None:
        """A stack has its result."""
        self.context.ports.emit(StackEnded(result))
        self.ended[result.key] = result

    def of(self, group: Group) -> Results:
        """The results of a group that there are."""
        return tuple(self.ended[job.key] for job in group.jobs if job.key in self.ended)

    @property
    def results(self) -> Results:
        """All of them, in the order of the groups."""
        return tuple(result for group in self.groups for result in self.of(group))


T = TypeVar("T")
Room = Callable[[int], int]
"""How many may be under way after so many failures; 0 when nothing may start any more."""

OVER_BUDGET = "more stacks have failed than tolerated"

TICK = 1.0
"""Seconds after which the room is measured again, when nothing else has happened."""


def each(
    group: Group,
    context: RunContext,
    stage: str,
    work: Callable[[Job], T],
    room: Room | None = None,
) -> Iterator[tuple[Job, T | StackResult]]:
    """`work` done on every job, in the order in which they end; what was not started comes last."""
    waiting, under_way = deque(group.jobs), dict[Future[T | StackResult], Job]()
    failed = 0
    with ThreadPoolExecutor(max_workers=max(1, min(group.width, len(group.jobs)))) as pool:
        while True:
            most = context.concurrency.width(group.width, len(under_way))
            most = min(most, room(failed)) if room else most
            while waiting and len(under_way) < most and not context.options.stopping:
                job = waiting.popleft()
                under_way[pool.submit(_attempted, job, stage, work)] = job
            if not under_way:
                break
            many = len(under_way)
            for ended in wait(under_way, timeout=TICK, return_when=FIRST_COMPLETED).done:
                job, result = under_way.pop(ended), ended.result()
                failed += isinstance(result, StackResult) and not result.stands
                context.concurrency.ended(many)
                yield job, result
    yield from ((job, _not_started(job, context)) for job in waiting)


def _attempted(job: Job, stage: str, work: Callable[[Job], T]) -> T | StackResult:
    return attempt(job.key, stage, lambda: work(job))


def _not_started(job: Job, context: RunContext) -> StackResult:
    if context.options.stopping:
        return StackResult(job.key, Outcome.INTERRUPTED, reason="was not started")
    return StackResult(job.key, Outcome.SKIPPED, reason=OVER_BUDGET)
