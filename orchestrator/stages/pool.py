"""Many stacks at the same time, and no more of them than there is room for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from orchestrator.model.run import Outcome, StackResult
from orchestrator.stages.attempts import attempt
from orchestrator.stages.context import RunContext
from orchestrator.stages.jobs import Group, Job

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
