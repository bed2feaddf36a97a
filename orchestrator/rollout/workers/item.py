"""A run as one worker has it before it: the submitted files, unpacked, and the ports."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event

from orchestrator.drift import check
from orchestrator.drift.verdict import Care
from orchestrator.model.events import Emit, ToolVersions
from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome, StackResult
from orchestrator.model.submission import Batch, Submission
from orchestrator.model.waves import Wave
from orchestrator.ports import Ports
from orchestrator.rollout import plans, reviewed
from orchestrator.rollout.plans import judge_all
from orchestrator.rollout.quarantine import split_quarantined, split_quarantined_to_apply
from orchestrator.rollout.workers.lease import PAUSE, claimed
from orchestrator.stages.attempts import attempt
from orchestrator.stages.context import RunContext, RunOptions
from orchestrator.stages.jobs import Group, Job


def _nothing(_: StackKey) -> None:
    pass


@dataclass(frozen=True, slots=True)
class SubmittedRun:
    """`job` renders a stack; `wave_of` knows a batch's wave; `settle` and `pause` are Work's."""

    submission: Submission
    ports: Ports
    tool_versions: ToolVersions
    job: Callable[[StackKey], Job]
    wave_of: Callable[[str], Wave | None] = lambda _: None
    settle: Callable[[StackKey], None] = _nothing
    pause: float = PAUSE

    def context(self, stop: Event, emit: Emit) -> RunContext:
        """For one item: it is told of by itself, and can be stopped by itself."""
        ports = replace(self.ports, emit=emit, rest=stop.wait)
        inputs = self.submission.inputs
        return RunContext.of(
            ports, RunOptions(self.submission.at.date(), stop=stop, run=inputs.run)
        )

    def group(self, batch: Batch) -> Group:
        jobs = tuple(self.job(key) for key in batch.keys)
        return Group(batch.name, jobs, batch.width, self.wave_of(batch.name))

    def obstacles(self, job: Job) -> tuple[str, ...]:
        """Why this worker would not do what was submitted."""
        inputs = self.submission.inputs
        same = inputs.rendered.get(job.key) == job.rendering.digest
        moved = () if same else ("it renders the stack differently",)
        return (*reviewed.tool_versions(inputs.tool_versions, self.tool_versions), *moved)


OpenRun = Callable[[str], AbstractContextManager[SubmittedRun]]
"""A submitted run, opened. Raises OrchestratorError for a run that cannot be worked on here."""


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
    context: RunContext
    concluded: Callable[[], StackResult | None] = lambda: None
    settle: Callable[[StackKey], None] = lambda _: None
    pause: float = PAUSE
    """Seconds after which an account is tried again that another holds."""


def carry_out(work: Work) -> StackResult:
    """What came of the stack; nothing that goes wrong with it is raised."""
    part = split_quarantined_to_apply if work.command == "apply" else split_quarantined
    _, aside = part((work.job,), work.context.options)
    if aside:
        return aside[0]
    return attempt(work.job.key, work.command, lambda: COMMANDS[work.command](work))


def _apply(work: Work) -> StackResult:
    """Planned anew by whoever takes it up, so that what was applied already is not done again."""
    key, context = work.job.key, work.context
    work.settle(key)
    with claimed(key, context.ports, work.pause) as ports:
        known = work.concluded()
        if known is not None:
            return known
        held = replace(context, ports=ports)
        judged = judge_all((work.job,), held)[key]
        if not judged.succeeded:
            return judged
        if context.options.stopping:
            return replace(judged, outcome=Outcome.INTERRUPTED, reason="was not started")
        return plans.apply_with_retries(work.job, judged, held)


def _plan(work: Work) -> StackResult:
    return judge_all((work.job,), work.context)[work.job.key]


def _drift(work: Work) -> StackResult:
    return check.drift(work.job, work.context.ports, CARE)


COMMANDS: dict[str, Callable[[Work], StackResult]] = {
    "apply": _apply,
    "drift": _drift,
    "plan": _plan,
}
"""Those that can be submitted."""
