"""`controls impact`: what it would mean to decide on a control."""

from __future__ import annotations

import click

from orchestrator.app import impact as impacts
from orchestrator.app.project import Project
from orchestrator.model.exit_code import ExitCode
from orchestrator.views.impact import VIEWS


@click.command(short_help="Show what deciding on a control would mean.")
@click.argument("control")
@click.option(
    "--most",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    help="So many findings are looked at in their accounts; 0 looks at none.",
)
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
@click.pass_obj
def impact(project: Project, control: str, most: int, view: str) -> ExitCode:
    """Show every finding of CONTROL in the organization, and what fixing it would do.

    By account, OU, team and age, with what a fix may break, and with a decision to paste. A fix is
    tried without changing anything, where a role lets us.

    \b
    orchestrator controls impact S3.8
    orchestrator controls impact S3.8 --format html
    """
    click.echo(VIEWS[view](impacts.impact(project, control, most)))
    return ExitCode.DONE
