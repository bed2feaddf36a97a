"""`investigate`: who, when and what."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from orchestrator import config, wiring
from orchestrator.cli.project import Project
from orchestrator.cli.session import environment
from orchestrator.logs.investigate import timeline
from orchestrator.logs.investigate.resources import resolve
from orchestrator.logs.investigate.subject import (
    Finding,
    ResourceSubject,
    Subject,
    finding,
    principal,
    subject,
)
from orchestrator.logs.lake.question import Lake
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.views.investigation import as_html, as_json, as_text, headline
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
    default="",
    metavar=f"FOLDER|s3://BUCKET/PREFIX|{ENGINES}",
    help="What is asked; by default what organization.yaml declares.",
)
@click.option("--from", "start", type=MOMENT, help="In UTC; by default 90 days before.")
@click.option("--to", "end", type=MOMENT, help="In UTC; by default when the finding was last seen.")
@click.option("--control", default="", help="The control that fails, when it is not a finding.")
@click.option("--by", is_flag=True, help="ABOUT is a principal, also if it could be a resource.")
@click.option("--region", default="", help="Where AWS is asked; else the home region.")
@click.option("--workgroup", default="primary", show_default=True, help="Athena's.")
@click.option("--database", default="", help="Athena's; else Security Lake's of the region.")
@click.option("--table", default="", help="Athena's; else Security Lake's of CloudTrail.")
@click.option("--output", default="", help="s3://… for Athena's results; else the workgroup's.")
@click.option("--endpoint", default="", help="OpenSearch's; else that of organization.logs.siem.")
@click.option("--index", default="", help="OpenSearch's; else ocsf-*.")
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
    session's ARN. Without --lake, Security Lake's events are read where organization.logs.lake
    collects them, else the trail's files in the log archive account; where neither can be read,
    CloudTrail's event history.

    \b
    orchestrator investigate FINDING-ID-FROM-A-MESSAGE
    orchestrator investigate finding.json --lake ./lake
    orchestrator investigate arn:aws:s3:::payments-data --control S3.8 --format html
    orchestrator investigate alice@example.com --from 2026-03-01 --to 2026-03-02
    """
    what = principal(about) if by else _subject(project, about)
    found = timeline.investigate(
        _lake(project, place, region, what, settings),
        what,
        datetime.now(UTC),
        _utc(start),
        _utc(end),
        control,
    )
    click.echo(VIEWS[view](found))
    return ExitCode.DONE


def _lake(
    project: Project, place: str, region: str, about: Subject, settings: Mapping[str, str]
) -> Lake:
    if place not in ("", DUCKDB, ATHENA, OPENSEARCH, CLOUDTRAIL) and not place.startswith("s3://"):
        return wiring.lake(place, "", {})
    organization = config.load(project.configs, dates.today())
    where, env = region or organization.facts.home_region, environment(project)
    names = ("workgroup", "database", "table", "output")
    athena = lakes.Athena(**{name: settings[name] for name in names})
    search = lakes.OpenSearch(settings["endpoint"], settings["index"])
    engines: Mapping[str, Callable[[], Lake]] = {
        "": lambda: lakes.declared(organization, env, account_of(about), where),
        DUCKDB: lambda: lakes.kept(organization, env),
        ATHENA: lambda: lakes.athena(athena, where, env),
        OPENSEARCH: lambda: lakes.opensearch(organization, search, where, env),
        CLOUDTRAIL: lambda: lakes.history(organization, env, account_of(about), where),
    }
    return engines.get(place, lambda: wiring.lake(place, where, env))()


def account_of(about: Subject) -> str:
    """Where it is; '' where that cannot be told."""
    match about:
        case Finding(account=account):
            return account
        case ResourceSubject(uid):
            return next(iter(resolve(uid).scope.accounts), "")
    return ""


def _subject(project: Project, about: str) -> Subject:
    if about == "-":
        return finding(sys.stdin.read(), "standard input")
    if FINDING.match(about):
        organization = config.load(project.configs, dates.today())
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
