"""`adopt`, `vend` and `offboard`: accounts that are taken over, that come, and that go."""

from __future__ import annotations

from typing import TextIO

import click

from orchestrator.app import adopt as adopting
from orchestrator.app import offboard as offboarding
from orchestrator.app import vend as vending
from orchestrator.app.project import Project
from orchestrator.app.proposals import Place
from orchestrator.cli import options, watch
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.run import code_of
from orchestrator.views.imports import VIEWS as IMPORTS
from orchestrator.views.proposal import VIEWS as OFFBOARDINGS


@click.command(short_help="Find what accounts have already, and take it over.")
@options.selection
@click.option(
    "--format", "view", type=click.Choice(list(IMPORTS)), default="text", show_default=True
)
@click.option("--write/--no-write", default=True, show_default=True, help="Write what was found.")
@options.width
@click.pass_obj
def adopt(
    project: Project, words: tuple[str, ...], view: str, write: bool, width: int | None
) -> ExitCode:
    """Find what accounts have already of that which their first apply would create.

    Every stack is planned, and AWS is asked for each resource that the plan creates. What is there
    is written into account_configs/adopted/ and becomes an import block, so that it is neither made
    twice nor destroyed. Then the report says what the first apply would change of it. Nothing in
    AWS is changed. Run it again after the apply: what the state holds is taken out of the files.

    \b
    orchestrator adopt orders-prod
    orchestrator adopt all --no-write
    """
    found = adopting.adopt(project, words, width=width)
    click.echo(IMPORTS[view](found.results))
    if write:
        adopting.keep(project.configs, found.texts, project.say)
    return code_of(result.outcome for result in found.results)


@click.command(short_help="Bring a new account under control.")
@click.argument("accounts", nargs=-1)
@click.option("--event", "stream", type=click.File("r"), help="File with events, or -.")
@click.option("--write-only", is_flag=True, help="Write the files, and apply nothing.")
@options.proposal
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=15,
    show_default=True,
    help="Minutes until a new account must let us in.",
)
@options.width
@options.run_format
@watch.options
@click.pass_obj
def vend(
    project: Project,
    accounts: tuple[str, ...],
    stream: TextIO | None,
    write_only: bool,
    to: str,
    branch: str | None,
    wait: float,
    width: int | None,
    view: str,
) -> ExitCode:
    """Write a new account's file, and apply, verify and report it.

    ACCOUNTS are names or ids. Events of AWS Control Tower and AWS Organizations may come twice,
    late or out of order: what is done is decided by what AWS Organizations says now. An account
    that is there already is applied again, which changes nothing.

    \b
    orchestrator vend --event - < event.json
    orchestrator vend 200000000013 --write-only
    orchestrator vend 200000000013 --to pull-request
    """
    place = Place(project, "vend", to, branch, show=options.printed)
    with watch.caller(view) as caller:
        return vending.vend(
            project,
            caller,
            accounts,
            stream,
            place,
            write_only=write_only,
            wait=wait,
            width=width,
        )


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
@click.option(
    "--format", "view", type=click.Choice(list(OFFBOARDINGS)), default="text", show_default=True
)
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
