"""`state`: a state that nobody can work with, made right again by hand."""

from __future__ import annotations

import click

from orchestrator.app.project import Project
from orchestrator.app.state import repair
from orchestrator.model.exit_code import ExitCode


@click.group(short_help="Unlock a state, or put an older version of it back.")
def state() -> None:
    """A state that is locked by a run that is gone, or that is not a state any more.

    STACK is written as account/stack: orders-dev/account.
    """


@state.command()
@click.argument("stack")
@click.argument("lock")
@click.pass_obj
def unlock(project: Project, stack: str, lock: str) -> int:
    """Remove the lock with this id, when no run works under it any more.

    \b
    orchestrator state unlock orders-dev/account 11111111-2222-3333-4444-555555555555
    """
    states, key = repair(project, stack)
    held = states.unlock(key, lock)
    click.echo(f"{key}: removed the lock of {held.who} of {held.created:%Y-%m-%d %H:%M} UTC")
    return ExitCode.DONE


@state.command()
@click.argument("stack")
@click.pass_obj
def versions(project: Project, stack: str) -> int:
    """List the newest versions that the bucket keeps, with your own credentials."""
    states, key = repair(project, stack)
    for version in states.versions(key):
        what = "no state" if version.serial is None else f"serial {version.serial}"
        click.echo(f"{version.id}  {version.at:%Y-%m-%d %H:%M:%S} UTC  {what}")
    return ExitCode.DONE


@state.command()
@click.argument("stack")
@click.argument("version")
@click.pass_obj
def restore(project: Project, stack: str, version: str) -> int:
    """Put a version on top again, with your own credentials; nothing is lost by it.

    \b
    orchestrator state restore orders-dev/account VERSION
    """
    states, key = repair(project, stack)
    found = states.restore(key, version)
    click.echo(f"{key}: serial {found.serial} of {found.at:%Y-%m-%d %H:%M} UTC is the state again")
    click.echo(f"look at it: orchestrator plan {key.account_name}", err=True)
    return ExitCode.DONE
