"""`report` and `coverage`: how secure the organization is, and which accounts are covered."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import click

from orchestrator import config
from orchestrator.app import report as reporting
from orchestrator.app.project import Project
from orchestrator.app.report import drawn
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.facts import Language
from orchestrator.report.report import Report
from orchestrator.views import report_data
from orchestrator.views.coverage import VIEWS as COVERAGE
from orchestrator.views.report_page import page


@click.command(short_help="Say which accounts are covered, and what the others lack.")
@click.option(
    "--format", "view", type=click.Choice(list(COVERAGE)), default="text", show_default=True
)
@click.option("--ask", is_flag=True, help="Ask AWS whether each account is as declared, too.")
@click.option(
    "--max-age",
    type=click.FloatRange(min=0),
    default=2,
    show_default=True,
    help="Days after which a drift check counts no more.",
)
@click.pass_obj
def coverage(project: Project, view: str, ask: bool, max_age: float) -> ExitCode:
    """Hold AWS Organizations against account_configs/, the states, and earlier runs.

    An account without a file, a file without an account, an account that was never applied, whose
    last apply failed, that has drifted or was not checked lately: each is named. Accounts that are
    set aside are named with the reason. Ends with 7 unless all others are covered. Changes nothing.

    \b
    orchestrator coverage
    orchestrator coverage --ask --format html
    """
    organization = config.load(project.configs, dates.today())
    standing = drawn(project, organization, timedelta(days=max_age), ask=ask)
    click.echo(COVERAGE[view](standing))
    return ExitCode.DONE if standing.covered else ExitCode.INCOMPLETE


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
) -> ExitCode:
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
    made = reporting.report(project, history)
    facts = made.sources.organization.facts
    text = VIEWS[view](made, Language(language) if language else facts.remediation.language)
    if out:
        reporting.write(out, text)
        click.echo(f"written: {out}", err=True)
    else:
        click.echo(text)
    if made.sources.lacking:
        for each in made.sources.lacking:
            click.echo(f"not in the report: {each}", err=True)
        click.echo("its figures are not kept for later reports", err=True)
        return ExitCode.INCOMPLETE
    reporting.keep(project, made, history)
    return ExitCode.DONE
