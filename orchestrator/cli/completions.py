"""What the shell offers where a command line wants accounts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from orchestrator import config
from orchestrator.cli.project import find
from orchestrator.errors import OrchestratorError
from orchestrator.model import dates
from orchestrator.model.names import StackName
from orchestrator.model.organization import Organization


def selection(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Accounts by name, and what else a selection is made of. Nothing where that is broken."""
    folder = ctx.find_root().params.get("folder")
    try:
        root = find(Path(folder) if folder else None, Path.cwd())
        if root is None:
            return []
        organization = config.load(root / "account_configs", dates.today())
    except (OrchestratorError, OSError):
        return []
    return [item for item in _all(organization) if item.value.startswith(incomplete)]


def _all(organization: Organization) -> Iterator[CompletionItem]:
    yield CompletionItem("all", help="every stack")
    for account in organization.accounts:
        yield CompletionItem(account.name, help=f"{account.id} {account.ou or '(root)'}")
    for unit in organization.units:
        if unit.path:
            yield CompletionItem(f"ou:{unit.path}", help="this OU's own accounts")
            yield CompletionItem(f"ou:{unit.path}/**", help="and those of the OUs below")
    yield from (CompletionItem(f"team:{name}") for name in organization.teams)
    yield from (CompletionItem(f"wave:{name}") for name in organization.waves)
    yield from (CompletionItem(f"stack:{name}") for name in StackName)
