"""`submit` and `cancel`: a run for workers on other machines, and its end before its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from orchestrator import config, wiring
from orchestrator.app import reviews, rollout, selection
from orchestrator.app.project import Project
from orchestrator.app.recordings import asked
from orchestrator.app.rollout import Confirm
from orchestrator.app.session import Caller, Session, environment, session
from orchestrator.errors import NothingSelected, OrchestratorError, UsageError
from orchestrator.model import dates
from orchestrator.model.events import Inputs, Origin
from orchestrator.model.run import Outcome
from orchestrator.model.submission import Batch, Cancelled, Submission
from orchestrator.rollout.gate import split_quarantined, split_quarantined_to_apply
from orchestrator.rollout.workers.item import bakes_too_long, batches, looking
from orchestrator.stages.jobs import Group, Job, groups, together
from orchestrator.wiring import workers


def submit(
    project: Project,
    caller: Caller,
    command: str,
    words: Sequence[str],
    confirm: Confirm,
    *,
    width: int | None = None,
    tolerate: int | None = None,
    reason: str | None = None,
) -> str:
    """Render, check and keep a run in the state bucket, and begin it there. Returns its id."""
    applies = command == "apply"
    with session(project, caller, changes=applies) as current:
        if applies:
            reviews.opened(current, None, replan=False)
        keys = selection.chosen(project, current.organization, words)
        lifted = rollout.lifted_limits(current, keys, reason) if applies else None
        jobs = _at_work(current, current.jobs(keys), applies=applies)
        if not jobs:
            raise NothingSelected("nothing is left of the selection", "see what was said above")
        ordered: Sequence[Group] = [together(command, jobs)]
        if applies:
            ordered = groups(jobs, current.organization, width)
            if long := bakes_too_long(ordered):
                raise UsageError(long, "shorten bake_minutes, or apply the waves one by one")
        inputs = asked(current, command, ordered, lifted)
        handed = batches(ordered, width, tolerate) if applies else looking(ordered[0], width)
        if applies:
            order = ", ".join(f"{batch.name} ({len(batch.keys)})" for batch in handed)
            confirm(f"{len(jobs)} stacks: {order}")
        _submit(current, inputs, handed)
    return inputs.run


def _at_work(current: Session, jobs: tuple[Job, ...], *, applies: bool) -> tuple[Job, ...]:
    """Without accounts that are closed, or moved where that matters; each is told."""
    part = split_quarantined_to_apply if applies else split_quarantined
    _, aside = part(jobs, current.options(None))
    for result in aside:
        if result.outcome is not Outcome.SET_ASIDE:
            current.project.say(f"{result.key}: {result.outcome}: {result.reason}")
    left = {result.key for result in aside if result.outcome is not Outcome.SET_ASIDE}
    return tuple(job for job in jobs if job.key not in left)


def _submit(current: Session, inputs: Inputs, batches: tuple[Batch, ...]) -> None:
    """On record here first, then in the bucket, then begun: nothing runs that is not known."""
    env = environment(current.project)
    records = workers.records(current.organization, env, inputs.run)
    content, digest = workers.packed(current.project.root)
    elsewhere = replace(inputs, origin=_elsewhere(inputs.origin))
    submission = Submission(elsewhere, current.started, digest, batches)
    journal = wiring.journal(current.project.runs, inputs.run, None)
    journal.begin(elsewhere)
    try:
        records.submit(submission, content)
        workers.executor(current.organization, env).begin(submission)
    except OrchestratorError as error:
        journal.end(0.0, error.exit_code, str(error).splitlines()[0])
        raise


def _elsewhere(origin: Origin) -> Origin:
    """No process of this machine is the run's: whether it goes on, only its records say."""
    return replace(origin, host=workers.MACHINE, pid=0, born=0)


def cancel(project: Project, run: str, reason: str) -> Cancelled:
    """Call off a run that was handed to workers. Raises UsageError, AwsDenied."""
    organization = config.load(project.configs, dates.today())
    env = environment(project)
    records = workers.records(organization, env, f"{run}-cancel")
    records.submission(run)
    who = env.get("USER") or env.get("LOGNAME") or "an unknown user"
    said = records.cancel(run, Cancelled(who, reason, datetime.now(UTC)))
    workers.executor(organization, env).stop(run, str(said))
    return said
