"""`submit`: a run for workers on other machines."""

from __future__ import annotations

import click

from orchestrator.app import submit as submitting
from orchestrator.app.project import Project
from orchestrator.cli import options, watch
from orchestrator.model.exit_code import ExitCode
from orchestrator.rollout.workers.batches import WIDTH
from orchestrator.rollout.workers.item import COMMANDS


@click.command(short_help="Hand a run to workers on other machines.")
@click.argument("command", type=click.Choice(sorted(COMMANDS)))
@options.selection
@click.option(
    "--width",
    type=click.IntRange(min=1),
    show_default=f"what waves.yaml says, {WIDTH} at most",
    help="Most stacks that workers are given at the same time.",
)
@options.tolerate
@options.reason
@options.yes
@click.pass_obj
def submit(
    project: Project,
    command: str,
    words: tuple[str, ...],
    width: int | None,
    tolerate: int | None,
    reason: str | None,
    yes: bool,
) -> ExitCode:
    """Hand a run to workers on other machines, and print its id.

    It is rendered and checked here, and kept in the state bucket with the very files it is about;
    the state machine `orchestrator-runner` hands out its stacks, wave by wave.

    \b
    orchestrator submit apply all
    orchestrator submit drift all --width 20
    """
    confirm = options.confirmed(yes=yes)
    with watch.caller() as caller:
        run = submitting.submit(
            project, caller, command, words, confirm, width=width, tolerate=tolerate, reason=reason
        )
    click.echo(run)
    click.echo(f"how far it is: orchestrator show {run}", err=True)
    return ExitCode.DONE
