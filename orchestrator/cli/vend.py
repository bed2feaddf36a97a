"""`vend`: from "there is a new account" to an account that is covered."""

from __future__ import annotations

from typing import TextIO

import click

from orchestrator.app import vend as vending
from orchestrator.app.project import Project
from orchestrator.app.proposals import Place
from orchestrator.cli import options, watch
from orchestrator.model.exit_code import ExitCode


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
