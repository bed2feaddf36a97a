"""`upgrade`: what this version would change in a project that is made with another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import click

from orchestrator import __version__, assets, config, wiring
from orchestrator.app.project import Project
from orchestrator.assets import project_file
from orchestrator.cli.rollout import plan as plan_stacks
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.render import Renderer, bootstrap_of, stacks_of
from orchestrator.views import upgrade as view


@click.command(short_help="Show what this version changes, and move a project to it.")
@click.option("--plan", is_flag=True, help="Plan every stack with this version as well.")
@click.option("--write", is_flag=True, help="Make this the project's version.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def upgrade(ctx: click.Context, plan: bool, write: bool, as_json: bool) -> int:
    """Render with this version, and compare with what the project's version has rendered last.

    Changes nothing but the versions in orchestrator.toml, and those only with --write. What was
    rendered last is in .build/, where `orchestrator render` has left it. Plans are made in
    .build-upgrade/, need credentials, and are not kept.

    \b
    orchestrator upgrade
    orchestrator --sandbox upgrade --plan
    orchestrator upgrade --write
    """
    project = ctx.find_object(Project)
    assert project is not None  # noqa: S101
    organization = config.load(project.configs, dates.today())
    renderer = Renderer(project.root)
    stacks = [renderer.render(organization, key) for key in stacks_of(organization)]
    first = renderer.render(organization, bootstrap_of(organization))
    found = wiring.upgrade(project.root, project.build, renderer, stacks, [first])
    click.echo(view.as_json(found) if as_json else view.text(found))
    code = ExitCode.DONE
    if plan:
        ctx.obj = replace(project, trial=True)
        code = ExitCode(ctx.invoke(plan_stacks, words=("all",)))
    if write:
        _write(project)
    return code


def _write(project: Project) -> None:
    """The provider's range moves only if the new lock file is outside of it."""
    file = project.root / project_file.NAME
    now = wiring.versions(project.environ, project.root)
    pinned = assets.project(project.root)
    wanted: Mapping[str, str] = {"orchestrator": f"=={__version__}"}
    locked = now.get("provider", "")
    if "provider" in pinned.versions and not pinned.allows("provider", locked):
        wanted = {**wanted, "provider": f"=={locked}"}
    file.write_text(project_file.moved(file.read_text("utf-8"), wanted), "utf-8")
    for what, version in wanted.items():
        click.echo(f"{file}: {what} {version}", err=True)
