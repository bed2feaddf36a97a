"""`init`: account_configs/ for an organization that is there already."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from orchestrator import config, wiring
from orchestrator.accounts.scaffold import Choices, Files, describe, find, guess
from orchestrator.cli.project import Project
from orchestrator.cli.session import environment
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.inventory import Landscape, Member


@click.command(short_help="Write account_configs/ for an organization that is there already.")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder to write; it must not exist yet.",
)
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
    target: Path,
    name: str | None,
    home_region: str | None,
    regions: tuple[str, ...],
    security: str | None,
    log_archive: str | None,
    team: str,
    team_email: str | None,
    team_tag: str,
) -> int:
    """Read AWS Organizations, ask what it cannot tell, and write every OU and account as a file.

    Needs credentials of the management account that may read AWS Organizations. Closed accounts
    are left out. Nothing is written unless all of it is valid.

    \b
    orchestrator init --to account_configs.new
    """
    if target.exists():
        raise UsageError(f"'{target}' is there already", "name a folder that is not, by --to")
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
    _put(files, target)
    click.echo(
        f"{target}/: {len(files)} files. Look them through, then put the folder in the place of "
        "account_configs/.\n"
        "  teams.yaml has the address of each team's first account: correct it\n"
        "  controls/ is empty: decide on controls next"
    )
    return ExitCode.DONE


def _asked(question: str, option: str, default: str | None = None) -> str:
    """What a person answers. Raises UsageError where nobody can, such as in a script."""
    try:
        return str(click.prompt(question, default=default, err=True))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        fix = f"say it by {option}"
        raise UsageError(f"nobody is there to be asked: {question}", fix) from None


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
