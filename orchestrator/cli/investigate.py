"""`investigate`: who, when and what."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import click

from orchestrator import config, wiring
from orchestrator.cli.project import Project
from orchestrator.cli.session import environment
from orchestrator.logs.investigate import timeline
from orchestrator.logs.investigate.subject import Subject, finding, principal, subject
from orchestrator.logs.lake.engine import Lake
from orchestrator.model.exit_code import ExitCode
from orchestrator.views.investigation import as_json, as_text
from orchestrator.views.investigation_page import as_html

VIEWS: Mapping[str, Callable[[timeline.Investigation], str]] = {
    "text": as_text,
    "json": as_json,
    "html": as_html,
}
MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.command(short_help="Say who made a resource fail a control, when and how.")
@click.argument("about", metavar="FINDING.json|ARN|PRINCIPAL")
@click.option("--lake", "place", help="A folder or s3://bucket/prefix; else CloudTrail's history.")
@click.option("--from", "start", type=MOMENT, help="In UTC; by default 90 days before.")
@click.option("--to", "end", type=MOMENT, help="In UTC; by default when the finding was last seen.")
@click.option("--control", default="", help="The control that fails, when it is no finding.")
@click.option("--by", is_flag=True, help="ABOUT is a principal, also if it could be a resource.")
@click.option(
    "--region", default="", help="Where the event history is asked; else the home region."
)
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text")
@click.pass_obj
def investigate(
    project: Project,
    about: str,
    place: str | None,
    start: datetime | None,
    end: datetime | None,
    control: str,
    by: bool,
    region: str,
    view: str,
) -> int:
    """Show who changed a resource, when, what, from where, and what else they did.

    ABOUT is a finding in a JSON file as Security Hub gives it (- for standard input), the ARN or
    id of a resource, or a principal: the name of a user or session, an access key, a session's ARN.

    \b
    orchestrator investigate finding.json --lake ./lake
    orchestrator investigate arn:aws:s3:::payments-data --control S3.8 --format html
    orchestrator investigate alice@example.com --from 2026-03-01 --to 2026-03-02
    """
    found = timeline.investigate(
        _lake(project, place, region),
        principal(about) if by else _subject(about),
        datetime.now(UTC),
        _utc(start),
        _utc(end),
        control,
    )
    click.echo(VIEWS[view](found))
    return ExitCode.DONE


def _lake(project: Project, place: str | None, region: str) -> Lake:
    if place and not place.startswith("s3://"):
        return wiring.lake(place, "", {})
    where = region or config.load(project.configs, date.today()).facts.home_region
    env = environment(project)
    return wiring.lake(place, where, env) if place else wiring.event_history(where, env)


def _subject(about: str) -> Subject:
    if about == "-":
        return finding(sys.stdin.read(), "standard input")
    if about.endswith(".json") or Path(about).is_file():
        return _finding_file(Path(about))
    return subject(about)


def _finding_file(file: Path) -> Subject:
    try:
        return finding(file.read_text("utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{file}: {error}") from error


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
