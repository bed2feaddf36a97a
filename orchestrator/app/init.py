"""`init` and `upgrade`: a project is made, and moved to another version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from orchestrator import __version__, assets, config, wiring
from orchestrator.accounts.scaffold import Choices, Files, describe, find, guess
from orchestrator.app import rollout
from orchestrator.app.ci.templates import PACKAGE, code_owners, templates
from orchestrator.app.project import Project
from orchestrator.app.session import Caller, environment
from orchestrator.assets import project_file
from orchestrator.assets.project_file import NAME, pins, written
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.inventory import Landscape, Member
from orchestrator.model.run import Run
from orchestrator.model.upgrade import Upgrade
from orchestrator.render import Renderer, bootstrap_of, stacks_of

IGNORED = """\
.build*/
.orchestrator/
.sandbox/
.demo/
.rehearsal/
.venv/
*.tfplan
*.tfstate*
"""
"""What runs leave behind, states and plans above all."""


class Ask(Protocol):
    """Asks a person what no option has said. Raises UsageError where there is none to ask."""

    def __call__(self, question: str, option: str, default: str | None = None) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is known of the organization; what is None is asked."""

    name: str | None = None
    home_region: str | None = None
    regions: tuple[str, ...] = ()
    security: str | None = None
    """The account for Security Hub, by name or id; `log_archive` likewise."""
    log_archive: str | None = None
    team: str
    team_email: str | None = None
    team_tag: str


@dataclass(frozen=True, slots=True)
class Made:
    """Where account_configs/ is, how many files it has, and what was written beside it."""

    configs: Path
    count: int
    beside: tuple[Path, ...] = ()


def init(
    project: Project, wanted: Wanted, ask: Ask, target: Path | None, forge: str | None
) -> Made:
    """Read AWS Organizations, ask what it cannot tell, and write every OU and account as a file.

    `target` is a folder for account_configs/ alone. Nothing is written unless all of it is valid.
    Raises UsageError, ConfigurationError and AwsDenied.
    """
    configs = target or project.work / "account_configs"
    if configs.exists():
        raise UsageError(f"'{configs}' is there already", "name a folder that is not, by --to")
    if target and forge:
        raise UsageError("--to writes account_configs/ alone", "say --ci without it")
    env = environment(project)
    here = wanted.home_region or ask("Home region", "--home-region", env.get("AWS_REGION"))
    landscape = wiring.survey(here, env).landscape()
    choices = Choices(
        wanted.name or ask("What is the organization called?", "--name"),
        here,
        wanted.regions,
        _special(landscape, "security", wanted.security, ask).id,
        _special(landscape, "log archive", wanted.log_archive, ask).id,
        wanted.team,
        wanted.team_email or ask(f"E-mail address of {wanted.team}", "--team-email"),
        wanted.team_tag,
    )
    files = describe(landscape, choices)
    _put(files, configs)
    owner = choices.team_email
    beside = tuple(_beside(project.work, forge, owner, env)) if target is None else ()
    return Made(configs, len(files), beside)


def _beside(folder: Path, forge: str | None, owner: str, env: Mapping[str, str]) -> Iterator[Path]:
    """Write what a project has besides account_configs/, and is not there yet."""
    wanted = {
        NAME: written(pins(wiring.versions(env, folder))),
        ".gitignore": IGNORED,
        **(templates(forge, PACKAGE) if forge else {}),
        **(code_owners(forge, owner, clone=False) if forge else {}),
    }
    for path, text in wanted.items():
        if not (folder / path).exists():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
            yield folder / path


def _special(landscape: Landscape, part: str, word: str | None, ask: Ask) -> Member:
    guessed = guess(landscape, part)
    question, option = f"Which account is the one for {part}?", f"--{part.replace(' ', '-')}"
    asked = word or ask(question, option, guessed.name if guessed else None)
    found = find(landscape, asked)
    if found is None:
        raise UsageError(
            f"no open account has the name or id '{asked}'",
            "see which there are: aws organizations list-accounts",
        )
    return found


def _put(files: Files, target: Path) -> None:
    """All of it at once, and only if it is valid. Raises ConfigurationError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix=".init-") as private:
        made = Path(private) / "account_configs"
        for path, text in files.items():
            file = made / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        config.load(made, dates.today())
        made.rename(target)


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
