"""`show`: one run, from what it was asked to what became of each stack."""

from __future__ import annotations

import click

from orchestrator import wiring
from orchestrator.app import elsewhere
from orchestrator.app.names import named
from orchestrator.app.project import Project
from orchestrator.model.exit_code import ExitCode
from orchestrator.views import histories


@click.command(short_help="Show a run: inputs, waves, times, failures and their reasons.")
@click.argument("run")
@click.option(
    "--format", "view", type=click.Choice(list(histories.VIEWS)), default="text", show_default=True
)
@click.pass_obj
def show(project: Project, run: str, view: str) -> int:
    """Show what RUN was asked, what it did, and why what failed did. Works offline, unless
    workers carry RUN out.

    RUN may be the beginning of an id, or 'last'. A run that goes on is shown as far as it is.

    \b
    orchestrator show last
    orchestrator show 20260601 --format markdown
    """
    kept = wiring.runs(project.runs)
    found = run if elsewhere.comes_from_there(project, run) else named(run, kept.runs())
    click.echo(histories.VIEWS[view](elsewhere.known(project, found)))
    return ExitCode.DONE
