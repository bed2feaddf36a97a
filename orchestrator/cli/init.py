"""`init` and `upgrade`: a project is made, and moved to another version of the orchestrator."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestrator.app import init as making
from orchestrator.app import init as upgrading
from orchestrator.app.ci.templates import PLACES
from orchestrator.app.project import Project
from orchestrator.cli import watch
from orchestrator.errors import UsageError
from orchestrator.model.exit_code import ExitCode
from orchestrator.views import upgrade as view


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
) -> ExitCode:
    """Make a project of an organization: orchestrator.toml, account_configs/ and .gitignore.

    Reads AWS Organizations, asks what it cannot tell, and writes every OU and account as a file.
    Needs credentials of the management account that may read AWS Organizations. Closed accounts
    are left out. Nothing is written unless all of it is valid; what is there stays as it is.

    \b
    orchestrator init --ci github
    orchestrator init --to account_configs.new
    """
    wanted = making.Wanted(
        name=name,
        home_region=home_region,
        regions=regions,
        security=security,
        log_archive=log_archive,
        team=team,
        team_email=team_email,
        team_tag=team_tag,
    )
    made = making.init(project, wanted, _asked, target, forge)
    place = ", then put the folder in the place of account_configs/" if target else ""
    click.echo(
        f"{made.configs}/: {made.count} files. Look them through{place}.\n"
        "  teams.yaml has the address of each team's first account: correct it\n"
        "  controls/ is empty: decide on controls next\n"
        "  schemas/, by which an editor checks them, is written by: orchestrator schema"
    )
    for file in made.beside:
        click.echo(f"{file}: written")
    return ExitCode.DONE


def _asked(question: str, option: str, default: str | None = None) -> str:
    """What a person answers. Raises UsageError where nobody can, such as in a script."""
    try:
        return str(click.prompt(question, default=default, err=True))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        fix = f"say it by {option}"
        raise UsageError(f"there is no terminal to ask: {question}", fix) from None


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
