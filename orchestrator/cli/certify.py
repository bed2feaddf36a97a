"""`certify`: ask an AWS that may be thrown away for every behaviour we rely on, and record it."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.app import certify as certifying
from orchestrator.app.project import Project
from orchestrator.certify.report import as_json, text
from orchestrator.model.exit_code import ExitCode

VIEWS = {"text": text, "json": as_json}


@click.command(name="certify", short_help="Compare a disposable AWS organization with the sandbox.")
@click.option("--disposable", required=True, help="Id of an organization that may be thrown away.")
@click.option(
    "--member", required=True, help="Id of a member account of it; things are made there."
)
@click.option("--region", required=True, help="Where they are made.")
@click.option(
    "--entry-role",
    default="OrganizationAccountAccessRole",
    show_default=True,
    help="Of the member.",
)
@click.option("--only", "pattern", default="*", help="Behaviours by id, such as 'sqs.*'.")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a recording for each behaviour, without ids, into this folder.",
)
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
@click.pass_obj
def certify_(
    project: Project,
    disposable: str,
    member: str,
    region: str,
    entry_role: str,
    pattern: str,
    folder: Path | None,
    view: str,
) -> ExitCode:
    """Ask AWS for every behaviour the product relies on, and the sandbox the same.

    Makes and removes roles, buckets, queues and the like in the member account, and an OU and a
    policy in the organization. Never where something is of value: the organization's id must be
    repeated, and no answer is kept that holds an id. The exit code is 0 only if AWS and the
    sandbox both answer as it is written.

    \b
    orchestrator certify --disposable o-exampleorg1 --member 111122223333 --region eu-west-1
    """
    found = certifying.certify(project, disposable, member, region, entry_role, pattern, folder)
    click.echo(VIEWS[view](found))
    return ExitCode.DONE if all(each.holds for each in found) else ExitCode.INCOMPLETE
