"""`completion`: what makes the shell complete commands, options and accounts."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from orchestrator.model.exit_code import ExitCode

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
