"""`report`: how secure the organization is, how it got there, and what to decide next."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from orchestrator import config, wiring
from orchestrator.cli.coverage import drawn
from orchestrator.cli.operator import run_id, working
from orchestrator.cli.project import Project
from orchestrator.cli.session import environment
from orchestrator.errors import AwsDenied, OrchestratorError, UsageError
from orchestrator.findings.records import Record
from orchestrator.model import dates
from orchestrator.model.coverage import Coverage
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.facts import Language
from orchestrator.model.organization import Organization
from orchestrator.model.report_history import Point
from orchestrator.model.run_history import History
from orchestrator.report.report import Report, Sources, build
from orchestrator.report.scores import settle
from orchestrator.views import report_data
from orchestrator.views.report_page import page

DRIFT_AGE = timedelta(days=2)
VIEWS: Mapping[str, Callable[[Report, Language], str]] = {
    "html": page,
    "json": lambda report, _: report_data.as_json(report),
    "csv": lambda report, _: report_data.as_csv(report),
}


@click.command(short_help="Report how secure the organization is, and how it got there.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; without, it is printed, but for a page on a terminal.",
)
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="html", show_default=True)
@click.option(
    "--language",
    type=click.Choice([each.value for each in Language]),
    help="By default that of the organization's messages.",
)
@click.option(
    "--history",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where earlier reports' figures are kept; by default .orchestrator/reports.",
)
@click.pass_obj
def report(
    project: Project, out: Path | None, view: str, language: str | None, history: Path | None
) -> int:
    """Write one page for every reader: scores, rules, fixes, coverage, drift, reviews.

    The page needs nothing but itself: mail it, print it, put it behind the company's sign-in. Its
    figures are kept, so that the next report shows how they have gone. What could not be read is
    named in it, and makes the exit code 7.

    \b
    orchestrator report --out report.html
    orchestrator report --language ja --out report.ja.html
    orchestrator report --format csv --out findings.csv
    """
    if out is None and view == "html" and sys.stdout.isatty():
        raise UsageError("the report is a page for a browser", "name a file: --out report.html")
    organization = config.load(project.configs, dates.today())
    points = wiring.points(history or project.reports)
    made = build(_sources(project, organization, points.all()))
    chosen = Language(language) if language else organization.facts.remediation.language
    text = VIEWS[view](made, chosen)
    if out:
        _write(out, text)
        click.echo(f"written: {out}", err=True)
    else:
        click.echo(text)
    if made.sources.lacking:
        _complain(made.sources.lacking)
        return ExitCode.INCOMPLETE
    points.keep(made.point)
    return ExitCode.DONE


def _sources(project: Project, organization: Organization, earlier: tuple[Point, ...]) -> Sources:
    """Findings must be had; without the rest the report says what it lacks."""
    now = datetime.now(UTC)
    found = wiring.all_findings(organization, environment(project), run_id("report"))
    lacking: list[str] = []
    return Sources(
        organization,
        settle(found),
        now,
        _coverage(project, organization, lacking),
        _records(project, organization, lacking),
        tuple(_histories(project, lacking)),
        earlier,
        tuple(lacking),
    )


def _coverage(project: Project, organization: Organization, lacking: list[str]) -> Coverage | None:
    try:
        return drawn(project, organization, DRIFT_AGE, ask=False)
    except AwsDenied as denied:
        lacking.append(f"coverage: {denied.message}")
        return None


def _records(
    project: Project, organization: Organization, lacking: list[str]
) -> tuple[Record, ...]:
    """Of all days that are kept; none where nothing fixes."""
    if not organization.facts.remediation.enabled:
        return ()
    try:
        return working(project, "report").operator.records(organization.facts.remediation.keep_days)
    except OrchestratorError as error:
        lacking.append(f"what the remediation function did: {error.message}")
        return ()


def _histories(project: Project, lacking: list[str]) -> Iterator[History]:
    kept = wiring.runs(project.runs)
    for run in kept.runs():
        try:
            yield kept.history(run)
        except UsageError as error:
            lacking.append(f"the run {run}: {error.message}")


def _write(out: Path, text: str) -> None:
    try:
        wiring.whole(out, text)
    except OSError as error:
        raise UsageError(
            f"{out} cannot be written: {error.strerror}", "name another file"
        ) from error


def _complain(lacking: tuple[str, ...]) -> None:
    for each in lacking:
        click.echo(f"not in the report: {each}", err=True)
    click.echo("its figures are not kept for later reports", err=True)
