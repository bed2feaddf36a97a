"""`completion`, and what the shell offers where a command line wants accounts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from orchestrator import config
from orchestrator.app.project import find
from orchestrator.errors import OrchestratorError
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
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


SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_ORCHESTRATOR_COMPLETE"


@click.command(short_help="Print what makes your shell complete commands and accounts.")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Print the lines that make SHELL complete commands, options, accounts and selections.

    \b
    orchestrator completion bash >> ~/.bashrc
    orchestrator completion zsh >> ~/.zshrc
    orchestrator completion fish > ~/.config/fish/completions/orchestrator.fish
    """
    made = get_completion_class(shell)
    assert made  # noqa: S101  click knows these shells
    click.echo(made(ctx.find_root().command, {}, "orchestrator", VARIABLE).source())
    return ExitCode.DONE
