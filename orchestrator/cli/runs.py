"""`runs`: what was run here, and what came of it."""

from __future__ import annotations

import click

from orchestrator import wiring
from orchestrator.app import elsewhere
from orchestrator.app.project import Project
from orchestrator.errors import UsageError
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.history import History
from orchestrator.views import histories


@click.command()
@click.option(
    "--last",
    "count",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="So many of the newest.",
)
@click.option(
    "--format",
    "view",
    type=click.Choice(list(histories.TABLES)),
    default="text",
    show_default=True,
)
@click.pass_obj
def runs(project: Project, count: int, view: str) -> int:
    """List the runs that are kept here, the newest first. Works offline, unless workers carry
    one of them out.

    One that has died has not said how it ended, and its process is gone: resume it.

    \b
    orchestrator runs
    orchestrator runs --format json
    """
    kept = wiring.runs(project.runs)
    found: list[History] = []
    for history in reversed(elsewhere.known_all(project, kept.runs()[-count:]).values()):
        try:
            found.append(history())
        except UsageError as error:
            click.echo(f"left out: {error}", err=True)
    click.echo(histories.TABLES[view](found))
    return ExitCode.DONE
