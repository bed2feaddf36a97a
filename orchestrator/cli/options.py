"""Options and arguments that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from click.shell_completion import CompletionItem

from orchestrator.app.proposals import BRANCH, FILES, REQUEST
from orchestrator.views.run import VIEWS

F = TypeVar("F", bound=Callable[..., object])


def _offered(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from orchestrator.cli import completion  # noqa: PLC0415  only a shell asks

    return completion.selection(ctx, param, incomplete)


selection = click.argument("words", nargs=-1, metavar="SELECTION...", shell_complete=_offered)

run_format = click.option(
    "--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True
)
width = click.option(
    "--width",
    type=click.IntRange(min=1),
    show_default="what cores and free memory allow",
    help="Most stacks worked on at the same time.",
)
entry_role = click.option(
    "--entry-role",
    "by_entry",
    is_flag=True,
    help="Plan as the entry role where the orchestrator's roles are to be made anew.",
)
tolerate = click.option(
    "--tolerate",
    type=click.IntRange(min=0),
    show_default="what waves.yaml says, else 0",
    help="Stacks of a wave that may fail, instead of what the waves say.",
)
reason = click.option(
    "--reason", help="Why this run may exceed the blast radius; kept with the run."
)
yes = click.option("--yes", is_flag=True, help="Do not ask.")
notify = click.option(
    "--notify",
    "targets",
    multiple=True,
    metavar="KIND:TARGET",
    help="Tell github:OWNER/NAME, sns:ARN or webhook:URL what is new; may be repeated.",
)


def proposal(command: F) -> F:
    """`--to` and `--branch`."""
    to = click.option(
        "--to",
        type=click.Choice([FILES, BRANCH, REQUEST]),
        default=FILES,
        show_default=True,
        help="Where the change goes: into the files, as a commit on a branch that is not pushed, "
        "or the same with the body of a pull request on standard output.",
    )
    name = click.option(
        "--branch", metavar="NAME", help="The branch, instead of one of our naming."
    )
    return to(name(command))


def reviewed(command: F) -> F:
    """`--run` and `--replan`."""
    run = click.option(
        "--run",
        "reviewed",
        metavar="RUN",
        help="Carry out exactly the plans that this run of `plan --out` has kept.",
    )
    replan = click.option(
        "--replan",
        is_flag=True,
        help="With --run: where something differs from what was reviewed, plan again.",
    )
    return run(replan(command))


def printed(text: str) -> None:
    """On standard output, with the line ends that it has."""
    click.echo(text, nl=False)


def confirmed(*, yes: bool) -> Callable[[str], None]:
    """Shows what is to be applied and asks, unless `yes`. Raises Abort."""

    def ask(what: str) -> None:
        if not yes:
            click.echo(what, err=True)
            click.confirm("Apply what the gate approves?", abort=True, err=True)

    return ask
