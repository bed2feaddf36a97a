"""`upgrade`: what this version would change in a project that is made with another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from orchestrator import __version__, assets, config, wiring
from orchestrator.app import rollout
from orchestrator.app.project import Project
from orchestrator.app.session import Caller
from orchestrator.assets import project_file
from orchestrator.model import dates
from orchestrator.model.run import Run
from orchestrator.model.upgrade import Upgrade
from orchestrator.render import Renderer, bootstrap_of, stacks_of


def upgrade(project: Project) -> Upgrade:
    """What this version renders differently from what lies in `.build/`."""
    organization = config.load(project.configs, dates.today())
    renderer = Renderer(project.root)
    stacks = [renderer.render(organization, key) for key in stacks_of(organization)]
    first = renderer.render(organization, bootstrap_of(organization))
    return wiring.upgrade(project.root, project.build, renderer, stacks, [first])


def trial(project: Project, caller: Caller) -> Run:
    """Plan every stack with this version, in a build folder of its own."""
    return rollout.plan(replace(project, trial=True), caller, ("all",))


def write(project: Project) -> None:
    """Make this the project's version.

    The provider's range moves only if the new lock file is outside of it.
    """
    file = project.root / project_file.NAME
    now = wiring.versions(project.environ, project.root)
    pinned = assets.project(project.root)
    wanted: Mapping[str, str] = {"orchestrator": f"=={__version__}"}
    locked = now.get("provider", "")
    if "provider" in pinned.versions and not pinned.allows("provider", locked):
        wanted = {**wanted, "provider": f"=={locked}"}
    file.write_text(project_file.moved(file.read_text("utf-8"), wanted), "utf-8")
    for what, version in wanted.items():
        project.say(f"{file}: {what} {version}")
