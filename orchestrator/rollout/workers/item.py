"""A run as one worker has it before it, and its groups as batches to be handed out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from orchestrator.model.waves import FailureMode, Wave
from orchestrator.ports import Ports
from orchestrator.rollout import reviewed, stack, waves
from orchestrator.rollout.gate import split_quarantined, split_quarantined_to_apply
from orchestrator.rollout.stack import judge_all
from orchestrator.rollout.workers.lease import PAUSE, claimed
from orchestrator.stages.attempts import attempt
from orchestrator.stages.context import RunContext, RunOptions
from orchestrator.stages.jobs import Group, Job

WIDTH = 10
"""Items of a batch that are out at the same time, where nothing else is said."""

LONGEST_BAKE = 300
"""Minutes that a worker keeps watch; modules/runner gives an item six hours, its check included."""


def bakes_too_long(groups: Sequence[Group]) -> str:
    """The first wave that wants a longer watch before the next one, '' if none does."""
    for group in groups[:-1]:
        minutes = group.wave.bake_minutes if group.wave else 0
        if minutes > LONGEST_BAKE:
            return f"{group.name} bakes for {minutes} min, workers for {LONGEST_BAKE}"
    return ""


def batches(
    groups: Sequence[Group], width: int | None = None, tolerated: int | None = None
) -> tuple[Batch, ...]:
    """What is applied, in the order in which it is."""
    return tuple(
        _batch(group, width or WIDTH, tolerated, last=number == len(groups))
        for number, group in enumerate(groups, 1)
    )


def looking(group: Group, width: int | None = None) -> tuple[Batch, ...]:
    """What is only looked at: no failure keeps anybody from looking at the rest."""
    return (Batch(group.name, _keys(group), min(width or WIDTH, len(group.jobs))),)


def _batch(group: Group, most: int, tolerated: int | None, *, last: bool) -> Batch:
    """A foundation is never tolerated to fail. Strict budgets narrow a batch, as StackSets do."""
    if group.founding:
        return Batch(group.name, _keys(group), 1, 0, FailureMode.STRICT)
    spending = waves.of(group, tolerated)
    width = min(group.width, most, len(group.jobs))
    if spending.mode is FailureMode.STRICT:
        width = min(width, spending.tolerated + 1)
    wave = group.wave
    checked = wave is not None and bool(wave.bake_minutes or wave.health) and not last
    return Batch(group.name, _keys(group), width, spending.tolerated, spending.mode, checked)


def _keys(group: Group) -> tuple[StackKey, ...]:
    return tuple(job.key for job in group.jobs)


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
        return stack.apply_with_retries(work.job, judged, held)


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
