"""`investigate`: who, when and what."""

from __future__ import annotations

import re
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
from orchestrator.views.investigation import as_json, as_text, headline
from orchestrator.views.investigation_page import as_html
from orchestrator.wiring import lakes

VIEWS: Mapping[str, Callable[[timeline.Investigation], str]] = {
    "text": as_text,
    "json": as_json,
    "html": as_html,
    "headline": lambda found: "\n".join(headline(found)),
}
DUCKDB, ATHENA, OPENSEARCH, CLOUDTRAIL = "duckdb", "athena", "opensearch", "cloudtrail"
FINDING = re.compile(r"arn:[a-z-]+:securityhub:[a-z0-9-]*:\d{12}:.*finding/|[a-z0-9-]+/.*/finding/")
"""Source: AWS Security Hub User Guide, ASFF, Id."""

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


ENGINES = "|".join((DUCKDB, ATHENA, OPENSEARCH, CLOUDTRAIL))


@click.command(short_help="Say who made a resource fail a control, when and how.")
@click.argument("about", metavar="FINDING|ARN|PRINCIPAL")
@click.option(
    "--lake",
    "place",
    default=CLOUDTRAIL,
    show_default=True,
    metavar=f"FOLDER|s3://BUCKET/PREFIX|{ENGINES}",
    help="What is asked.",
)
@click.option("--from", "start", type=MOMENT, help="In UTC; by default 90 days before.")
@click.option("--to", "end", type=MOMENT, help="In UTC; by default when the finding was last seen.")
@click.option("--control", default="", help="The control that fails, when it is no finding.")
@click.option("--by", is_flag=True, help="ABOUT is a principal, also if it could be a resource.")
@click.option("--region", default="", help="Where AWS is asked; else the home region.")
@click.option("--workgroup", default="primary", show_default=True, help="Athena's.")
@click.option("--database", default="", help="Athena's; else Security Lake's of the region.")
@click.option("--table", default="", help="Athena's; else Security Lake's of CloudTrail.")
@click.option("--output", default="", help="s3://… for Athena's results; else the workgroup's.")
@click.option("--endpoint", default="", help="https://… of an OpenSearch domain or collection.")
@click.option("--index", default="", help="OpenSearch's, such as ocsf-cloudtrail-*.")
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text")
@click.pass_obj
def investigate(
    project: Project,
    /,
    about: str,
    place: str,
    start: datetime | None,
    end: datetime | None,
    control: str,
    by: bool,
    region: str,
    view: str,
    **settings: str,
) -> int:
    """Show who changed a resource, when, what, from where, and what else they did.

    ABOUT is a finding: its id, or a JSON file as Security Hub gives it (- for standard input); the
    ARN or id of a resource; or a principal: the name of a user or session, an access key, a
    session's ARN. `--lake duckdb` asks the trail's files in the log archive account.

    \b
    orchestrator investigate finding.json --lake ./lake
    orchestrator investigate arn:aws:s3:::payments-data --control S3.8 --format html
    orchestrator investigate alice@example.com --from 2026-03-01 --to 2026-03-02
    """
    found = timeline.investigate(
        _lake(project, place, region, settings),
        principal(about) if by else _subject(project, about),
        datetime.now(UTC),
        _utc(start),
        _utc(end),
        control,
    )
    click.echo(VIEWS[view](found))
    return ExitCode.DONE


def _lake(project: Project, place: str, region: str, settings: Mapping[str, str]) -> Lake:
    if place not in (DUCKDB, ATHENA, OPENSEARCH, CLOUDTRAIL) and not place.startswith("s3://"):
        return wiring.lake(place, "", {})
    organization = config.load(project.configs, date.today())
    where, env = region or organization.facts.home_region, environment(project)
    if place == DUCKDB:
        return lakes.archive(organization, env)
    if place == ATHENA:
        names = ("workgroup", "database", "table", "output")
        return lakes.athena(lakes.Athena(**{n: settings[n] for n in names}), where, env)
    if place == OPENSEARCH:
        chosen = lakes.OpenSearch(settings["endpoint"], settings["index"])
        return lakes.opensearch(chosen, where, env)
    if place == CLOUDTRAIL:
        return wiring.event_history(where, env)
    return wiring.lake(place, where, env)


def _subject(project: Project, about: str) -> Subject:
    if about == "-":
        return finding(sys.stdin.read(), "standard input")
    if FINDING.match(about):
        organization = config.load(project.configs, date.today())
        return finding(lakes.finding(organization, environment(project), about), about)
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
