"""`detect`: rules over a lake."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from orchestrator.app import detect as app
from orchestrator.app.hunt import window
from orchestrator.app.investigate import Asked
from orchestrator.app.project import Project
from orchestrator.cli.investigate import MOMENT, lake_options
from orchestrator.errors import UsageError
from orchestrator.model.exit_code import ExitCode
from orchestrator.views import detection as views
from orchestrator.wiring.lakes import Athena, OpenSearch

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(short_help="Look for what rules in Sigma describe.")
@click.option("--rules", "folders", multiple=True, type=FOLDER, help="A folder of rules of yours.")
@click.option("--since", default="1d", show_default=True, help="How long back: 30m, 6h, 1d.")
@click.option("--from", "start", type=MOMENT, help="In UTC, instead of --since.")
@click.option("--to", "end", type=MOMENT, help="In UTC; by default now.")
@click.option("--starter/--no-starter", default=True, help="Whether our own rules are used too.")
@click.option(
    "--findings",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write requests of BatchImportFindings into this folder.",
)
@click.option("--send", is_flag=True, help="Import findings into the accounts' Security Hub.")
@lake_options
@click.option("--format", "view", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def detect(
    project: Project,
    folders: tuple[Path, ...],
    since: str,
    start: datetime | None,
    end: datetime | None,
    starter: bool,
    place: str,
    out: Path | None,
    send: bool,
    region: str,
    workgroup: str,
    database: str,
    table: str,
    output: str,
    endpoint: str,
    index: str,
    view: str,
) -> ExitCode:
    """Test CloudTrail's events in a lake by rules in Sigma, and say who did what they describe.

    A rule that cannot be used is told with its file and line; the others run, and the exit code is
    2. The same rule, actor, account and day is one finding, which has the same id next time. With
    --send, findings that an account did not take are listed, and the exit code is 7.

    \b
    orchestrator detect --since 1d
    orchestrator detect --rules ./rules --lake ./lake --from 2026-03-01 --to 2026-03-02
    orchestrator detect --rules ./rules --no-starter --findings ./findings
    orchestrator detect --since 1d --send
    """
    asked = Asked(
        place=place,
        start=start,
        end=end,
        region=region,
        athena=Athena(workgroup, database, table, output),
        search=OpenSearch(endpoint, index),
    )
    if not (folders or starter):
        raise UsageError("no rules", "name a folder with --rules, or leave --no-starter out")
    when = window(since, start, end, datetime.now(UTC))
    done = app.run(project, folders, asked, when, starter=starter, out=out, send=send)
    for problem in done.problems:
        click.echo(str(problem), err=True)
    as_view = views.as_json if view == "json" else views.as_text
    click.echo(as_view(done.detected, done.problems, done.sent))
    for file in done.files:
        click.echo(f"wrote {file}", err=True)
    if any(each.refused for each in done.sent):
        return ExitCode.INCOMPLETE
    return ExitCode.CONFIGURATION if done.problems else ExitCode.DONE
