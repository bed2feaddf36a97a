"""`submit`, `worker` and `cancel`: runs that other machines carry out."""

from __future__ import annotations

import click

from orchestrator.app import submit as submitting
from orchestrator.app import worker as serving
from orchestrator.app.project import Project
from orchestrator.cli import options, watch
from orchestrator.model.exit_code import ExitCode
from orchestrator.rollout.workers.item import COMMANDS, WIDTH
from orchestrator.wiring.workers import MACHINE


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


@click.command(short_help="Work on submitted runs.")
@click.option("--queue-name", default=MACHINE, show_default=True, help="The queue to ask for work.")
@click.option(
    "--idle",
    type=click.FloatRange(min=0),
    show_default="never",
    help="End when nothing has come for so many seconds.",
)
@click.option(
    "--parallel",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Stacks worked on at the same time.",
)
@click.option(
    "--heartbeat",
    type=click.FloatRange(min=1),
    default=30,
    show_default=True,
    help="Seconds between two signs of life; less than a third of the state machine's patience.",
)
@click.pass_obj
def worker(
    project: Project, queue_name: str, idle: float | None, parallel: int, heartbeat: float
) -> ExitCode:
    """Work on what submitted runs hand out, with the files that were submitted with them.

    On the first SIGTERM or Ctrl-C what is being applied is finished, what is not begun goes back
    to the queue, and the worker ends; after 90 s, or on the second, Terraform is interrupted.

    \b
    orchestrator worker
    orchestrator worker --parallel 4 --idle 600
    """
    serving.worker(project, queue_name, idle=idle, parallel=parallel, heartbeat=heartbeat)
    return ExitCode.DONE


@click.command(short_help="Call off a run that was submitted.")
@click.argument("run")
@click.option("--reason", required=True, help="Why; kept with the run.")
@click.pass_obj
def cancel(project: Project, run: str, reason: str) -> ExitCode:
    """Call off RUN, which was handed to workers.

    What is being applied is finished and verified, as after the first Ctrl-C; nothing new starts.

    \b
    orchestrator cancel 20260601-120000-ab12 --reason 'the canary looks wrong'
    """
    click.echo(f"run {run} is {submitting.cancel(project, run, reason)}")
    return ExitCode.DONE
