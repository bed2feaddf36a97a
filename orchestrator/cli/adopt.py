"""`adopt`: what is in accounts already, taken over instead of made twice."""

from __future__ import annotations

import click

from orchestrator.app import adopt as adopting
from orchestrator.app.project import Project
from orchestrator.cli import options
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.run import code_of
from orchestrator.views.imports import VIEWS as IMPORTS


@click.command(short_help="Find what accounts have already, and take it over.")
@options.selection
@click.option("--format", "view", type=click.Choice(list(IMPORTS)), default="text", show_default=True)
@click.option("--write/--no-write", default=True, show_default=True, help="Write what was found.")
@options.width
@click.pass_obj
def adopt(
    project: Project, words: tuple[str, ...], view: str, write: bool, width: int | None
) -> ExitCode:
    """Find what accounts have already of that which their first apply would create.

    Every stack is planned, and AWS is asked for each resource that the plan creates. What is there
    is written into account_configs/adopted/ and becomes an import block, so that it is neither made
    twice nor destroyed. Then the report says what the first apply would change of it. Nothing in
    AWS is changed. Run it again after the apply: what the state holds is taken out of the files.

    \b
    orchestrator adopt orders-prod
    orchestrator adopt all --no-write
    """
    found = adopting.adopt(project, words, width=width)
    click.echo(IMPORTS[view](found.results))
    if write:
        adopting.keep(project.configs, found.texts, project.say)
    return code_of(result.outcome for result in found.results)
