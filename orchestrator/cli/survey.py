"""`survey`: the first answer on one's own organization."""

from __future__ import annotations

import json

import click

from orchestrator.app import survey as looking
from orchestrator.app.project import Project
from orchestrator.model.exit_code import ExitCode
from orchestrator.views.survey import VIEWS


@click.command()
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="REGION",
    help="Only these; by default all that the account has enabled. The first one is asked first.",
)
@click.option(
    "--role",
    default="",
    metavar="NAME",
    help="A role to look into the other accounts with, such as OrganizationAccountAccessRole; its "
    "sessions are narrowed to reading.",
)
@click.option(
    "--most",
    type=click.IntRange(min=0),
    default=10_000,
    show_default=True,
    help="So many findings are read.",
)
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
@click.option("--policy", is_flag=True, help="Print the IAM policy that is enough for it, and end.")
@click.pass_obj
def survey(
    project: Project, regions: tuple[str, ...], role: str, most: int, view: str, policy: bool
) -> ExitCode:
    """Look at an organization, and change nothing.

    Needs no project and nothing of ours in AWS; uses your own credentials: of the management
    account, of Security Hub's administrator, or of one account alone. What they cannot read is
    listed, and is taken neither for on nor for off. Ends with 7 where something could not be read.

    \b
    orchestrator survey
    orchestrator survey --region eu-central-1 --role OrganizationAccountAccessRole
    orchestrator survey --policy
    """
    if policy:
        click.echo(json.dumps(looking.policy(), indent=2))
        return ExitCode.DONE
    found = looking.survey(project, regions, role, most)
    click.echo(VIEWS[view](found))
    return ExitCode.INCOMPLETE if found.unread or found.cut else ExitCode.DONE
