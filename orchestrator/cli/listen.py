"""`listen`: changes made by hand, told as they happen."""

from __future__ import annotations

import click

from orchestrator.app import listen as listening
from orchestrator.app.project import Project
from orchestrator.cli import options
from orchestrator.model.exit_code import ExitCode


@click.command(short_help="Tell of changes made by hand as they happen.")
@click.option(
    "--for",
    "seconds",
    type=click.FloatRange(min=0),
    show_default="until Ctrl-C",
    help="Seconds to listen.",
)
@options.notify
@click.pass_obj
def listen(project: Project, seconds: float | None, targets: tuple[str, ...]) -> ExitCode:
    """Tell of changes made by hand as they happen. Changes nothing, and takes no lock.

    Accounts with drift_events.enabled forward the calls that change what their stacks manage. Of
    each, only the resource it is about is read; where it differs, Terraform plans, and the plan
    decides. What is told names who called, what and when.

    \b
    orchestrator listen
    orchestrator listen --for 3600 --notify github:example/accounts
    """
    return listening.listen(project, seconds, targets, click.echo)
