"""`hunt`: one command for each question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import click

from orchestrator.app import hunt as hunting
from orchestrator.app.investigate import Asked
from orchestrator.app.project import Project
from orchestrator.cli.investigate import MOMENT, lake_options
from orchestrator.logs.hunt.questions import HUNTS, Hunt
from orchestrator.logs.lake.question import Scope
from orchestrator.model.exit_code import ExitCode
from orchestrator.views.hunt import VIEWS
from orchestrator.wiring.lakes import Athena, OpenSearch

COMMAND = ("orchestrator", "hunt")
HELP = """Ask the logs what is not about one finding: by whom, from where, what was read.

Each question answers with its events in order, with who, what and where stands out in them, and
with commands that go on from there. Outcome and error are in every line. A list that is cut says
so. Where the logs are is found as `investigate` finds it.

\b
orchestrator hunt ip 203.0.113.7 --since 7d
orchestrator hunt principal alice@example.com --from 2026-03-01 --to 2026-03-02
orchestrator hunt reads --account 111122223333 --format html
"""


@click.group(short_help="Ask the logs: by whom, from where, what was read or opened.", help=HELP)
def hunt() -> None:
    """See HELP."""


def _command(question: Hunt) -> click.Command:
    def asks(
        project: Project,
        value: str,
        since: str,
        start: datetime | None,
        end: datetime | None,
        accounts: tuple[str, ...],
        in_regions: tuple[str, ...],
        view: str,
        place: str,
        region: str,
        workgroup: str,
        database: str,
        table: str,
        output: str,
        endpoint: str,
        index: str,
    ) -> ExitCode:
        asked = Asked(
            place=place,
            region=region,
            athena=Athena(workgroup, database, table, output),
            search=OpenSearch(endpoint, index),
        )
        when = hunting.window(since, start, end, datetime.now(UTC))
        scope = Scope(accounts, in_regions)
        found = hunting.hunt(project, question.name, value, when, scope, asked)
        click.echo(VIEWS[view](found))
        return ExitCode.DONE

    command = asks if question.value else partial(_without_value, asks)
    return click.command(question.name, short_help=question.summary, help=_help(question))(
        _options(question)(click.pass_obj(command))
    )


def _without_value(asks: Callable[..., ExitCode], project: Project, **given: object) -> ExitCode:
    return asks(project, value="", **given)


def _help(question: Hunt) -> str:
    example = " ".join((*COMMAND, question.name, question.example)).rstrip()
    said = f"{question.help}\n\n" if question.help else ""
    return f"{question.summary}\n\n{said}\b\n{example} --since 7d"


def _options(question: Hunt) -> Callable[[Callable[..., object]], Callable[..., object]]:
    def decorate(command: Callable[..., object]) -> Callable[..., object]:
        options = (
            click.option(
                "--since", default="1d", show_default=True, help="90m, 12h, 7d or 2w before --to."
            ),
            click.option("--from", "start", type=MOMENT, help="In UTC, instead of --since."),
            click.option("--to", "end", type=MOMENT, help="In UTC; by default now."),
            click.option("--account", "accounts", multiple=True, help="An id; may be repeated."),
            click.option(
                "--in-region", "in_regions", multiple=True, help="Of the events; may be repeated."
            ),
            lake_options,
            click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text"),
        )
        for option in reversed(options):
            command = option(command)
        if question.value:
            argument = click.argument(
                "value", required=False, default="", metavar=_metavar(question)
            )
            command = argument(command)
        return command

    return decorate


def _metavar(question: Hunt) -> str:
    return f"[{question.value}]" if question.optional else question.value


for _question in HUNTS.values():
    hunt.add_command(_command(_question))
