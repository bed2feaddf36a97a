"""A run as one worker has it before it: the submitted files, unpacked, and the ports."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event

from orchestrator.drift import check
from orchestrator.drift.verdict import Care
from orchestrator.model.events import Tell
from orchestrator.model.journal import Ground
from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome, StackResult
from orchestrator.model.submission import Lot, Submission
from orchestrator.model.waves import Wave
from orchestrator.ports import Ports
from orchestrator.rollout import plans, reviewed
from orchestrator.rollout.plans import judge
from orchestrator.rollout.quarantine import parted, parted_to_apply
from orchestrator.rollout.workers.lease import PAUSE, claimed
from orchestrator.stages.attempts import attempt
from orchestrator.stages.context import Course, Terms
from orchestrator.stages.jobs import Group, Job


def _nothing(_: StackKey) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Desk:
    """`job` renders a stack; `wave_of` knows a lot's wave; `settle` and `pause` are Work's."""

    submission: Submission
    ports: Ports
    ground: Ground
    job: Callable[[StackKey], Job]
    wave_of: Callable[[str], Wave | None] = lambda _: None
    settle: Callable[[StackKey], None] = _nothing
    pause: float = PAUSE

    def course(self, stop: Event, tell: Tell) -> Course:
        """For one item: it is told of by itself, and can be stopped by itself."""
        ports = replace(self.ports, tell=tell, rest=stop.wait)
        inputs = self.submission.inputs
        return Course.of(ports, Terms(self.submission.at.date(), stop=stop, run=inputs.run))

    def group(self, lot: Lot) -> Group:
        jobs = tuple(self.job(key) for key in lot.keys)
        return Group(lot.name, jobs, lot.width, self.wave_of(lot.name))

    def obstacles(self, job: Job) -> tuple[str, ...]:
        """Why this worker would not do what was submitted."""
        inputs = self.submission.inputs
        same = inputs.rendered.get(job.key) == job.rendering.digest
        moved = () if same else ("it renders the stack differently",)
        return (*reviewed.ground(inputs.ground, self.ground), *moved)


Desks = Callable[[str], AbstractContextManager[Desk]]
"""The desk of a run. Raises OrchestratorError for a run that cannot be worked on here."""


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
        return plans.apply(work.job, judged, held)


def _plan(work: Work) -> StackResult:
    return judge((work.job,), work.course)[work.job.key]


def _drift(work: Work) -> StackResult:
    return check.drift(work.job, work.course.ports, CARE)


COMMANDS: dict[str, Callable[[Work], StackResult]] = {
    "apply": _apply,
    "drift": _drift,
    "plan": _plan,
}
"""Those that can be submitted."""
