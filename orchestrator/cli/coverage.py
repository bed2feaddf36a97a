"""`coverage`: which accounts are covered, which are not, and what is missing."""

from __future__ import annotations

from datetime import timedelta

import click

from orchestrator import config
from orchestrator.app.coverage import drawn
from orchestrator.app.project import Project
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.views.coverage import VIEWS as COVERAGE


@click.command(short_help="Say which accounts are covered, and what the others lack.")
@click.option("--format", "view", type=click.Choice(list(COVERAGE)), default="text", show_default=True)
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
