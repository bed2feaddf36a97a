"""`submit`: a run for workers on other machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import click

from orchestrator import wiring
from orchestrator.cli import radius, reviews, selection
from orchestrator.cli.project import Project
from orchestrator.cli.recordings import asked
from orchestrator.cli.session import Session, environment, session
from orchestrator.errors import NothingSelected, OrchestratorError, UsageError
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.journal import Inputs, Origin
from orchestrator.model.run import Outcome
from orchestrator.model.submission import Batch, Submission
from orchestrator.rollout.quarantine import split_quarantined, split_quarantined_to_apply
from orchestrator.rollout.workers.batches import WIDTH, bakes_too_long, batches, looking
from orchestrator.rollout.workers.item import COMMANDS
from orchestrator.stages.jobs import Group, Job, groups, together
from orchestrator.wiring import workers


@click.command(short_help="Hand a run to workers on other machines.")
@click.argument("command", type=click.Choice(sorted(COMMANDS)))
@selection.argument
@click.option(
    "--width",
    type=click.IntRange(min=1),
    show_default=f"what waves.yaml says, {WIDTH} at most",
    help="Most stacks that workers are given at the same time.",
)
@click.option(
    "--tolerate",
    type=click.IntRange(min=0),
    show_default="what waves.yaml says, else 0",
    help="Stacks of a wave that may fail, instead of what the waves say.",
)
@click.option("--reason", help="Why this run may exceed the blast radius; kept with the run.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def submit(
    project: Project,
    command: str,
    words: tuple[str, ...],
    width: int | None,
    tolerate: int | None,
    reason: str | None,
    yes: bool,
) -> int:
    """Hand a run to workers on other machines, and print its id.

    It is rendered and checked here, and kept in the state bucket with the very files it is about;
    the state machine `orchestrator-runner` hands out its stacks, wave by wave.

    \b
    orchestrator submit apply all
    orchestrator submit drift all --width 20
    """
    applies = command == "apply"
    with session(project, changes=applies) as current:
        if applies:
            reviews.opened(current, None, replan=False)
        keys = selection.chosen(project, current.organization, words)
        lifted = radius.lifted(current, keys, reason) if applies else None
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
        if applies and not yes:
            order = ", ".join(f"{batch.name} ({len(batch.keys)})" for batch in handed)
            click.echo(f"{len(jobs)} stacks: {order}", err=True)
            click.confirm("Apply what the gate approves?", abort=True, err=True)
        _submit(current, inputs, handed)
    click.echo(inputs.run)
    click.echo(f"how far it is: orchestrator show {inputs.run}", err=True)
    return ExitCode.DONE


def _at_work(current: Session, jobs: tuple[Job, ...], *, applies: bool) -> tuple[Job, ...]:
    """Without accounts that are closed, or moved where that matters; each is told."""
    part = split_quarantined_to_apply if applies else split_quarantined
    _, aside = part(jobs, current.options(None))
    for result in aside:
        if result.outcome is not Outcome.SET_ASIDE:
            click.echo(f"{result.key}: {result.outcome}: {result.reason}", err=True)
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
