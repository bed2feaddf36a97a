"""`upgrade`: what this version would change in a project that is made with another one."""

from __future__ import annotations

import click

from orchestrator.app import upgrade as upgrading
from orchestrator.app.project import Project
from orchestrator.cli import watch
from orchestrator.model.exit_code import ExitCode
from orchestrator.views import upgrade as view


@click.command(short_help="Show what this version changes, and move a project to it.")
@click.option("--plan", is_flag=True, help="Plan every stack with this version as well.")
@click.option("--write", is_flag=True, help="Make this the project's version.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def upgrade(project: Project, plan: bool, write: bool, as_json: bool) -> ExitCode:
    """Render with this version, and compare with what the project's version has rendered last.

    Changes nothing but the versions in orchestrator.toml, and those only with --write. What was
    rendered last is in .build/, where `orchestrator render` has left it. Plans are made in
    .build-upgrade/, need credentials, and are not kept.

    \b
    orchestrator upgrade
    orchestrator --sandbox upgrade --plan
    orchestrator upgrade --write
    """
    found = upgrading.upgrade(project)
    click.echo(view.as_json(found) if as_json else view.text(found))
    code = ExitCode.DONE
    if plan:
        with watch.caller(words=("all",)) as caller:
            code = upgrading.trial(project, caller).exit_code
    if write:
        upgrading.write(project)
    return code
