"""An apply from its first foundation to its last wave, and what keeps a wave from starting."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Event

from orchestrator.model.events import Halted
from orchestrator.model.run import Outcome, StackResult
from orchestrator.pipeline import applying, budget, health
from orchestrator.pipeline.course import Course
from orchestrator.pipeline.groups import Group
from orchestrator.pipeline.job import Job
from orchestrator.pipeline.judging import Judged, judge
from orchestrator.pipeline.setting_aside import parted_to_apply
from orchestrator.pipeline.telling import in_group
from orchestrator.pipeline.working import OVER_BUDGET, each

log = logging.getLogger(__name__)

STOPPED = "the run was stopped"


@dataclass(slots=True)
class Rollout:
    """How far an apply has come. `halted` says why nothing new starts any more."""

    course: Course
    halted: str = ""
    unfounded: Event = field(default_factory=Event)

    def halt(self, why: str) -> None:
        """The first reason is the one that counts."""
        if why and not self.halted:
            self.halted = why
            log.warning("nothing new starts: %s", why)
            self.course.ports.tell(Halted(why))


def roll_out(groups: Sequence[Group], course: Course) -> Iterator[StackResult]:
    """See rollout.apply."""
    rollout = Rollout(course)
    others = [job for group in groups if not group.founding for job in group.jobs]
    waiting, _ = parted_to_apply(others, course.terms)
    with ThreadPoolExecutor(max_workers=1) as ahead:
        planning = ahead.submit(judge, waiting, course.unless(rollout.unfounded))
        for group, following in zip(groups, (*groups[1:], None), strict=True):
            if course.terms.stop.is_set():
                rollout.halt(STOPPED)
            if rollout.halted:
                yield from (_skipped(job, rollout.halted) for job in group.jobs)
            else:
                yield from _one_group(group, planning, rollout, last=following is None)


def _one_group(
    group: Group, planning: Future[Judged], rollout: Rollout, *, last: bool
) -> Iterator[StackResult]:
    course = rollout.course
    log.info("%s: %d stacks", group.name, len(group.jobs))
    began = course.ports.clock()
    working, _ = parted_to_apply(group.jobs, course.terms)
    judged = judge(working, course) if group.founding else planning.result()
    results = []
    for result in in_group(group, _applied(group, judged, course), course):
        results.append(result)
        if group.founding and _unfounded(result):
            rollout.unfounded.set()
        yield result
    _look_back(group, results, rollout)
    if not last and not rollout.halted and group.wave and not course.terms.stop.is_set():
        health.bake(group.wave, group.name, course)
        if group.wave.health and not course.terms.stop.is_set():
            rollout.halt(health.ails(group, group.wave.health, results, began, course))
        if group.name == course.terms.pause_after:
            rollout.halt(f"paused after {group.name}")


def _applied(group: Group, judged: Judged, course: Course) -> Iterator[StackResult]:
    """What the gate let through, applied; what it did not counts as failed from the start."""
    working, aside = parted_to_apply(group.jobs, course.terms)
    refused = [judged[job.key] for job in working if not judged[job.key].succeeded]
    yield from (*aside, *refused)
    able = tuple(job for job in working if judged[job.key].succeeded)
    spending = budget.of(group, course.terms.tolerated)
    work = replace(group, jobs=able)
    for _, result in each(
        work,
        course,
        "apply",
        lambda job: applying.apply(job, judged[job.key], course),
        lambda failed: spending.room(group.width, failed + len(refused)),
    ):
        yield result


def _look_back(group: Group, results: Sequence[StackResult], rollout: Rollout) -> None:
    """A foundation that failed is never tolerated, because all others stand on it."""
    failed = sum(map(_spends, results))
    if rollout.course.terms.stop.is_set():
        rollout.halt(STOPPED)
    spending = budget.of(group, rollout.course.terms.tolerated)
    if rollout.unfounded.is_set() or spending.spent(failed):
        before = "one stack" if failed == 1 else f"{failed} stacks"
        tolerated = f", {spending.tolerated} tolerated" if spending.tolerated else ""
        rollout.halt(f"{before} before it failed{tolerated}")


def _spends(result: StackResult) -> bool:
    """Whether it counts against the failure budget."""
    return not result.stands and result.reason != OVER_BUDGET


def _unfounded(result: StackResult) -> bool:
    """All others stand on a foundation, also on one that only has been closed or moved."""
    return not result.stands or result.outcome in (Outcome.CLOSED, Outcome.MOVED)


def _skipped(job: Job, why: str) -> StackResult:
    return StackResult(job.key, Outcome.SKIPPED, reason=why)
