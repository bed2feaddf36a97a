"""`worker`: work on what runs hand out, until told to stop."""

from __future__ import annotations

import click

from orchestrator.app import worker as serving
from orchestrator.app.project import Project
from orchestrator.model.exit_code import ExitCode
from orchestrator.wiring.workers import MACHINE


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
