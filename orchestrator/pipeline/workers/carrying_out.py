"""One item through the stages that its run's command has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome, StackResult
from orchestrator.pipeline import applying, drift_stage
from orchestrator.pipeline.attempt import attempt
from orchestrator.pipeline.course import Course
from orchestrator.pipeline.drift import Care
from orchestrator.pipeline.job import Job
from orchestrator.pipeline.judging import judge
from orchestrator.pipeline.setting_aside import parted, parted_to_apply
from orchestrator.pipeline.workers.claiming import PAUSE, claimed

CARE = Care(timedelta(days=7), exact=False)
"""A worker that has kept what it read before may read again."""


@dataclass(frozen=True, slots=True)
class Work:
    """One stack, and what must be known of it before anything is begun.

    `concluded` is what another worker has concluded meanwhile; `settle` waits for what a worker
    that was killed on this machine has left at work.
    """

    command: str
    job: Job
    course: Course
    concluded: Callable[[], StackResult | None] = lambda: None
    settle: Callable[[StackKey], None] = lambda _: None
    pause: float = PAUSE
    """Seconds after which an account is tried again that another holds."""


def carry_out(work: Work) -> StackResult:
    """What came of the stack; nothing that goes wrong with it is raised."""
    part = parted_to_apply if work.command == "apply" else parted
    _, aside = part((work.job,), work.course.terms)
    if aside:
        return aside[0]
    return attempt(work.job.key, work.command, lambda: COMMANDS[work.command](work))


def _apply(work: Work) -> StackResult:
    """Planned anew by whoever takes it up, so that what was applied already is not done again."""
    key, course = work.job.key, work.course
    work.settle(key)
    with claimed(key, course.ports, work.pause) as ports:
        known = work.concluded()
        if known is not None:
            return known
        held = replace(course, ports=ports)
        judged = judge((work.job,), held)[key]
        if not judged.succeeded:
            return judged
        if course.terms.stopping:
            return replace(judged, outcome=Outcome.INTERRUPTED, reason="was not started")
        return applying.apply(work.job, judged, held)


def _plan(work: Work) -> StackResult:
    return judge((work.job,), work.course)[work.job.key]


def _drift(work: Work) -> StackResult:
    return drift_stage.drift(work.job, work.course.ports, CARE)


COMMANDS: dict[str, Callable[[Work], StackResult]] = {
    "apply": _apply,
    "drift": _drift,
    "plan": _plan,
}
"""Those that can be submitted."""
