"""`state`: a state that nobody can work with, made right again by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from orchestrator import config, wiring
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.ports import StateRepair


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
    repair, key = _repair(project, stack)
    held = repair.unlock(key, lock)
    click.echo(f"{key}: removed the lock of {held.who} of {held.created:%Y-%m-%d %H:%M} UTC")
    return ExitCode.DONE


@state.command()
@click.argument("stack")
@click.pass_obj
def versions(project: Project, stack: str) -> int:
    """List the newest versions that the bucket keeps, with your own credentials."""
    repair, key = _repair(project, stack)
    for version in repair.versions(key):
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
    repair, key = _repair(project, stack)
    found = repair.restore(key, version)
    click.echo(f"{key}: serial {found.serial} of {found.at:%Y-%m-%d %H:%M} UTC is the state again")
    click.echo(f"look at it: orchestrator plan {key.account_name}", err=True)
    return ExitCode.DONE


def _repair(project: Project, stack: str) -> tuple[StateRepair, StackKey]:
    organization = config.load(project.configs, dates.today())
    run = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-state"
    key = _key(organization, stack)
    return wiring.state_repair(organization, environment(project), run), key


def _key(organization: Organization, text: str) -> StackKey:
    name, _, stack = text.partition("/")
    for account in organization.accounts:
        if name in (account.name, account.id) and stack in list(StackName):
            return StackKey(account.id, account.name, StackName(stack))
    raise UsageError(f"there is no stack '{text}'", "write account/stack: orders-dev/account")
