"""Many plans made, scanned in one go, and put before the gate."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack

from orchestrator.errors import ScanFailed
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Plan
from orchestrator.model.run import Outcome, StackResult
from orchestrator.pipeline import stack
from orchestrator.pipeline.attempt import attempt, stage
from orchestrator.pipeline.course import Course
from orchestrator.pipeline.groups import Group
from orchestrator.pipeline.job import Job
from orchestrator.pipeline.working import each
from orchestrator.ports import Ports, Scan

log = logging.getLogger(__name__)

Scanned = Mapping[StackKey, Scan]
Judged = Mapping[StackKey, StackResult]


def judge(jobs: Sequence[Job], course: Course) -> Judged:
    """The gate's answer for each job."""
    return {result.key: result for result in judged(jobs, course)}


def judged(jobs: Sequence[Job], course: Course) -> Iterator[StackResult]:
    """Plans that could not be made first; the others once all of them are scanned."""
    group = Group("plan", tuple(jobs), len(jobs))
    yield from _judged(
        each(group, course, "plan", lambda job: stack.plan(job, course.ports)), course
    )


def _judged(
    made: Iterable[tuple[Job, Plan | StackResult]], course: Course
) -> Iterator[StackResult]:
    """One scan over all plans that change something; stacks without a plan keep their result."""
    pairs = list(made)
    yield from (result for _, result in pairs if isinstance(result, StackResult))
    planned = [(job, plan) for job, plan in pairs if isinstance(plan, Plan)]
    found = _scanned([plan for _, plan in planned if not plan.empty], course.ports)
    for job, plan in planned:
        if plan.empty:
            yield stack.judge(job, plan, (), course.terms.today)
        elif isinstance(found, StackResult):
            yield StackResult(job.key, found.outcome, plan, reason=found.reason)
        else:
            yield _one(job, plan, found[job.key], course)


def _one(job: Job, plan: Plan, found: Scan, course: Course) -> StackResult:
    """A plan that was not scanned fails its own stack, and no other."""
    if isinstance(found, ScanFailed):
        log.error("%s scan: failed", job.key)
        return StackResult(job.key, Outcome.FAILED, plan, reason=f"scan: {found}")
    return stack.judge(job, plan, found, course.terms.today)


def _scanned(plans: Sequence[Plan], ports: Ports) -> Scanned | StackResult:
    if not plans:
        return {}
    with ExitStack() as stages:
        for plan in plans:
            stages.enter_context(stage(plan.key, "scan", ports))
        return attempt(plans[0].key, "scan", lambda: ports.scanner.scan(plans))
