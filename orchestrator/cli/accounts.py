"""`accounts`: which there are, and who owns them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.organization import Account, Organization

VERSION = 1


@click.command(short_help="List the accounts, wave by wave.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def accounts(project: Project, as_json: bool) -> int:
    """List the accounts wave by wave, with id, OU, team and number of governed regions."""
    organization = config.load(project.configs, dates.today())
    click.echo(_json(organization) if as_json else "\n".join(_text(organization)))
    return ExitCode.DONE


def _text(organization: Organization) -> Iterator[str]:
    widths = [
        max(map(len, column)) for column in zip(*map(_cells, organization.accounts), strict=True)
    ]
    for wave in organization.waves:
        yield wave
        for account in organization.accounts:
            if organization.wave_of[account.id] == wave:
                cells = zip(_cells(account), widths, strict=True)
                row = "  ".join(f"{cell:<{width}}" for cell, width in cells)
                held = account.set_aside(dates.today())
                yield f"  {row}  {_regions(account)}" + (f"  ({held})" if held else "")


def _cells(account: Account) -> tuple[str, str, str, str]:
    return account.name, account.id, account.ou or "(root)", account.settings.team


def _regions(account: Account) -> str:
    count = len(account.regions)
    return f"{count} region" if count == 1 else f"{count} regions"


def _json(organization: Organization) -> str:
    listed = [
        {
            "name": account.name,
            "id": account.id,
            "email": account.email,
            "ou": account.ou,
            "team": account.settings.team,
            "wave": organization.wave_of[account.id],
            "regions": list(account.regions),
            "set_aside": held.model_dump(mode="json")
            if (held := account.set_aside(dates.today()))
            else None,
        }
        for account in organization.accounts
    ]
    return json.dumps({"version": VERSION, "accounts": listed}, indent=2, ensure_ascii=False)
