"""`offboard`: an account that is closed, or has left the organization, taken out in order."""

from __future__ import annotations

from typing import TextIO

import click

from orchestrator.app import offboard as offboarding
from orchestrator.app.project import Project
from orchestrator.app.proposals import Place
from orchestrator.cli import options
from orchestrator.model.exit_code import ExitCode
from orchestrator.views.offboarding import VIEWS as OFFBOARDINGS


@click.command(short_help="Take closed accounts out, and account for what they leave.")
@click.argument("accounts", nargs=-1)
@click.option("--event", "stream", type=click.File("r"), help="File with events, or -.")
@click.option("--yes", is_flag=True, help="Do it. Without, it is only said what would be done.")
@click.option(
    "--destroy",
    "doomed",
    multiple=True,
    metavar="STATE",
    help="Remove this state once it is archived, by the name that is shown; may be repeated.",
)
@options.proposal
@click.option("--format", "view", type=click.Choice(list(OFFBOARDINGS)), default="text", show_default=True)
@click.pass_obj
def offboard(
    project: Project,
    accounts: tuple[str, ...],
    stream: TextIO | None,
    yes: bool,
    doomed: tuple[str, ...],
    to: str,
    branch: str | None,
    view: str,
) -> ExitCode:
    """Archive the states of accounts that have gone, remove their files, and say what remains.

    ACCOUNTS are names or ids. An account that AWS Organizations calls open is left alone. Without
    --yes nothing is changed. Nothing is destroyed but the states that --destroy names, and the
    state bucket keeps their versions.

    \b
    orchestrator offboard orders-dev
    orchestrator offboard orders-dev --yes --to pull-request
    orchestrator offboard --event - < event.json
    """
    place = Place(project, "offboard", to, branch, "orchestrator coverage", options.printed)
    found = offboarding.offboard(project, accounts, stream, place, yes=yes, doomed=doomed)
    if found:
        click.echo(OFFBOARDINGS[view](found))
    if not yes:
        click.echo("nothing was changed: --yes does it", err=True)
    return ExitCode.INCOMPLETE if any(each.refused for each in found) else ExitCode.DONE
