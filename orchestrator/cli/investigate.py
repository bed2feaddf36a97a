"""`investigate`: who, when and what."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

import click

from orchestrator.app import investigate as investigating
from orchestrator.app.investigate import ENGINES, Asked
from orchestrator.app.project import Project
from orchestrator.logs.investigate.timeline import Investigation
from orchestrator.model.exit_code import ExitCode
from orchestrator.views.investigation import as_html, as_json, as_text, headline
from orchestrator.wiring.lakes import Athena, OpenSearch

VIEWS: Mapping[str, Callable[[Investigation], str]] = {
    "text": as_text,
    "json": as_json,
    "html": as_html,
    "headline": lambda found: "\n".join(headline(found)),
}
MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


F = TypeVar("F", bound=Callable[..., object])
LAKE_OPTIONS = (
    click.option(
        "--lake",
        "place",
        default="",
        metavar=f"FOLDER|s3://BUCKET/PREFIX|{ENGINES}",
        help="What is asked; by default what organization.yaml declares.",
    ),
    click.option("--region", default="", help="Where AWS is asked; else the home region."),
    click.option("--workgroup", default="primary", show_default=True, help="Athena's."),
    click.option("--database", default="", help="Athena's; else Security Lake's of the region."),
    click.option("--table", default="", help="Athena's; else Security Lake's of CloudTrail."),
    click.option("--output", default="", help="s3://… for Athena's results; else the workgroup's."),
    click.option(
        "--endpoint", default="", help="OpenSearch's; else that of organization.logs.siem."
    ),
    click.option("--index", default="", help="OpenSearch's; else ocsf-*."),
)


def lake_options(command: F) -> F:
    """Which lake is asked, and how it is reached."""
    for option in reversed(LAKE_OPTIONS):
        command = option(command)
    return command


@click.command(short_help="Say who made a resource fail a control, when and how.")
@click.argument("about", metavar="FINDING|ARN|PRINCIPAL")
@click.option("--from", "start", type=MOMENT, help="In UTC; by default 90 days before.")
@click.option("--to", "end", type=MOMENT, help="In UTC; by default when the finding was last seen.")
@click.option("--control", default="", help="The control that fails, when it is not a finding.")
@click.option("--by", is_flag=True, help="ABOUT is a principal, also if it could be a resource.")
@click.option("--resource", is_flag=True, help="ABOUT is a resource, also if it is only a name.")
@click.option("--reads", is_flag=True, help="List all reads, not only those of data.")
@lake_options
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text")
@click.pass_obj
def investigate(
    project: Project,
    about: str,
    place: str,
    start: datetime | None,
    end: datetime | None,
    control: str,
    by: bool,
    resource: bool,
    reads: bool,
    region: str,
    view: str,
    workgroup: str,
    database: str,
    table: str,
    output: str,
    endpoint: str,
    index: str,
) -> ExitCode:
    """Show who changed a resource, when, what, from where, and what else they did.

    ABOUT is a finding: its id, or a JSON file as Security Hub gives it (- for standard input); the
    ARN or id of a resource; or a principal: the name of a user or session, an access key, a
    session's ARN. What a principal did in roles that it took is theirs as well.

    Without --lake, Security Lake's events are read where organization.logs.lake collects them, else
    the trail's files in the log archive account; where neither can be read, CloudTrail's event
    history.

    \b
    orchestrator investigate FINDING-ID-FROM-A-MESSAGE
    orchestrator investigate finding.json --lake ./lake
    orchestrator investigate arn:aws:s3:::payments-data --control S3.8 --format html
    orchestrator investigate alice@example.com --from 2026-03-01 --to 2026-03-02
    orchestrator investigate prod/db --resource --from 2026-03-01
    """
    asked = Asked(
        place=place,
        start=start,
        end=end,
        control=control,
        by=by,
        resource=resource,
        reads=reads,
        region=region,
        athena=Athena(workgroup, database, table, output),
        search=OpenSearch(endpoint, index),
    )
    click.echo(VIEWS[view](investigating.investigate(project, about, asked, sys.stdin)))
    return ExitCode.DONE
