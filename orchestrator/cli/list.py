"""`list`: what a selection means."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from orchestrator import config
from orchestrator.accounts.selection import Selection
from orchestrator.app import selection as selecting
from orchestrator.app.project import Project
from orchestrator.cli import options
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Account, Organization

VERSION = 1


@click.command("list")
@options.selection
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def list_(project: Project, words: tuple[str, ...], as_json: bool) -> int:
    """Show which accounts and stacks SELECTION means. Works offline.

    \b
    orchestrator list orders-prod payments-prod
    orchestrator list 'ou:Workloads/** and not team:web'
    """
    organization = config.load(project.configs, dates.today())
    selection = selecting.read(project, organization, words)
    click.echo(
        _json(selection, organization)
        if as_json
        else "\n".join(_text(selection.stacks, organization))
    )
    return ExitCode.DONE


def _text(stacks: tuple[StackKey, ...], organization: Organization) -> Iterator[str]:
    accounts = _accounts(stacks, organization)
    rows = [_cells(account, organization) for account in accounts]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for account, row in zip(accounts, rows, strict=True):
        cells = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        names = ", ".join(key.stack for key in stacks if key.account_id == account.id)
        held = account.set_aside(dates.today())
        yield f"{cells}  {names}" + (f"  ({held})" if held else "")
    yield f"{_count(len(stacks), 'stack')} of {_count(len(accounts), 'account')}"


def _accounts(stacks: tuple[StackKey, ...], organization: Organization) -> tuple[Account, ...]:
    ids = {key.account_id for key in stacks}
    return tuple(account for account in organization.accounts if account.id in ids)


def _cells(account: Account, organization: Organization) -> tuple[str, ...]:
    wave = organization.wave_of[account.id]
    return account.name, account.id, account.ou or "(root)", account.settings.team, wave


def _json(selection: Selection, organization: Organization) -> str:
    document = {
        "version": VERSION,
        "accounts": [
            {
                "id": account.id,
                "name": account.name,
                "ou": account.ou,
                "team": account.settings.team,
                "wave": organization.wave_of[account.id],
                "set_aside": held.model_dump(mode="json")
                if (held := account.set_aside(dates.today()))
                else None,
                "stacks": [
                    str(key.stack) for key in selection.stacks if key.account_id == account.id
                ],
            }
            for account in _accounts(selection.stacks, organization)
        ],
        "gone": [
            {"account_id": key.account_id, "account": key.account_name, "stack": str(key.stack)}
            for key in selection.gone
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
