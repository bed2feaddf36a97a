"""`bootstrap`: the state bucket and the first roles."""

from __future__ import annotations

import click

from orchestrator.app import bootstrap as founding
from orchestrator.app.project import Project
from orchestrator.cli import options, watch
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.run import Run, StackResult
from orchestrator.views.run import text


@click.command()
@options.run_format
@options.yes
@click.pass_obj
def bootstrap(project: Project, view: str, yes: bool) -> ExitCode:
    """Make the state bucket and the first roles. Safe to repeat.

    Run it as an administrator of the management account, once at the beginning and again whenever
    the roles there change. Its own state moves into the bucket it makes.

    \b
    orchestrator bootstrap
    """

    def agreed(judged: StackResult) -> bool:
        if yes:
            return True
        click.echo(text(Run("", "bootstrap", "", 0, (judged,))), err=True)
        return click.confirm("Apply?", err=True)

    with watch.caller(view) as caller:
        return founding.bootstrap(project, caller, agreed).exit_code
