"""`init`: a project for an organization that is there already."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from orchestrator import config, wiring
from orchestrator.accounts.scaffold import Choices, Files, describe, find, guess
from orchestrator.app.ci.templates import PACKAGE, PLACES, templates
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.assets.project_file import NAME, pins, written
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.inventory import Landscape, Member

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


@click.command(short_help="Make a project of an organization that is there already.")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    help="Write account_configs/ alone, as this folder; it must not exist yet.",
)
@click.option("--ci", "forge", type=click.Choice(list(PLACES)), help="Write its workflows, too.")
@click.option("--name", help="What the organization is called.")
@click.option("--home-region", help="Where states, logs and findings are kept.")
@click.option("--region", "regions", multiple=True, help="A further region to govern; repeat it.")
@click.option("--security", help="Name or id of the account for Security Hub.")
@click.option("--log-archive", help="Name or id of the account for the logs.")
@click.option("--team", default="platform-security", show_default=True)
@click.option("--team-email", help="Where that team is told.")
@click.option("--team-tag", default="team", show_default=True, help="The accounts' tag for teams.")
@click.pass_obj
def init(
    project: Project,
    target: Path | None,
    forge: str | None,
    name: str | None,
    home_region: str | None,
    regions: tuple[str, ...],
    security: str | None,
    log_archive: str | None,
    team: str,
    team_email: str | None,
    team_tag: str,
) -> int:
    """Make a project of an organization: orchestrator.toml, account_configs/ and .gitignore.

    Reads AWS Organizations, asks what it cannot tell, and writes every OU and account as a file.
    Needs credentials of the management account that may read AWS Organizations. Closed accounts
    are left out. Nothing is written unless all of it is valid; what is there stays as it is.

    \b
    orchestrator init --ci github
    orchestrator init --to account_configs.new
    """
    configs = target or project.work / "account_configs"
    if configs.exists():
        raise UsageError(f"'{configs}' is there already", "name a folder that is not, by --to")
    if target and forge:
        raise UsageError("--to writes account_configs/ alone", "say --ci without it")
    env = environment(project)
    here = home_region or _asked("Home region", "--home-region", env.get("AWS_REGION"))
    landscape = wiring.survey(here, env).landscape()
    choices = Choices(
        name or _asked("What is the organization called?", "--name"),
        here,
        regions,
        _special(landscape, "security", security).id,
        _special(landscape, "log archive", log_archive).id,
        team,
        team_email or _asked(f"E-mail address of {team}", "--team-email"),
        team_tag,
    )
    files = describe(landscape, choices)
    _put(files, configs)
    _tell(configs, len(files), alone=target is not None)
    if target is None:
        for file in _beside(project.work, forge, env):
            click.echo(f"{file}: written")
    return ExitCode.DONE


def _tell(configs: Path, count: int, *, alone: bool) -> None:
    place = ", then put the folder in the place of account_configs/" if alone else ""
    click.echo(
        f"{configs}/: {count} files. Look them through{place}.\n"
        "  teams.yaml has the address of each team's first account: correct it\n"
        "  controls/ is empty: decide on controls next\n"
        "  schemas/, by which an editor checks them, is written by: orchestrator schema"
    )


def _beside(folder: Path, forge: str | None, env: Mapping[str, str]) -> Iterator[Path]:
    """Write what a project has besides account_configs/, and is not there yet."""
    wanted = {
        NAME: written(pins(wiring.versions(env, folder))),
        ".gitignore": IGNORED,
        **(templates(forge, PACKAGE) if forge else {}),
    }
    for path, text in wanted.items():
        if not (folder / path).exists():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
            yield folder / path


def _asked(question: str, option: str, default: str | None = None) -> str:
    """What a person answers. Raises UsageError where nobody can, such as in a script."""
    try:
        return str(click.prompt(question, default=default, err=True))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        fix = f"say it by {option}"
        raise UsageError(f"there is no terminal to ask: {question}", fix) from None


def _special(landscape: Landscape, part: str, word: str | None) -> Member:
    guessed = guess(landscape, part)
    asked = word or _asked(
        f"Which account is the one for {part}?",
        f"--{part.replace(' ', '-')}",
        guessed.name if guessed else None,
    )
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
