"""`investigate`: who, when and what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from orchestrator import config, wiring
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.errors import UsageError
from orchestrator.findings.registry import causes_of
from orchestrator.logs.investigate import timeline
from orchestrator.logs.investigate.resources import resolve
from orchestrator.logs.investigate.subject import (
    Finding,
    ResourceSubject,
    Subject,
    finding,
    principal,
    resource,
    subject,
)
from orchestrator.logs.investigate.timeline import Investigation
from orchestrator.logs.lake.question import Lake
from orchestrator.model import dates
from orchestrator.wiring import lakes

DUCKDB, ATHENA, OPENSEARCH, CLOUDTRAIL = "duckdb", "athena", "opensearch", "cloudtrail"
FINDING = re.compile(r"arn:[a-z-]+:securityhub:[a-z0-9-]*:\d{12}:.*finding/|[a-z0-9-]+/.*/finding/")
"""Source: AWS Security Hub User Guide, ASFF, Id."""

ENGINES = "|".join((DUCKDB, ATHENA, OPENSEARCH, CLOUDTRAIL))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, and where. `place` is a lake's; '' for the one that is declared."""

    place: str = ""
    start: datetime | None = None
    end: datetime | None = None
    control: str = ""
    by: bool = False
    """Whether it is about a principal, also where it could be a resource."""
    resource: bool = False
    """Whether it is about a resource, also where it could be a principal: a name alone."""
    reads: bool = False
    """Whether reads without data are listed as well."""
    region: str = ""
    athena: lakes.Athena
    search: lakes.OpenSearch


def investigate(project: Project, about: str, asked: Asked, given: TextIO) -> Investigation:
    """`about` is a finding, a resource or a principal; for '-', what is `given`."""
    if asked.by and asked.resource:
        raise UsageError("--by and --resource exclude each other", "give one of them")
    what = (
        principal(about)
        if asked.by
        else resource(about)
        if asked.resource
        else _subject(project, about, given)
    )
    lake = a_lake(project, asked, what)
    return timeline.investigate(
        lake,
        what,
        datetime.now(UTC),
        causes_of,
        _utc(asked.start),
        _utc(asked.end),
        asked.control,
        reads=asked.reads,
    )


def a_lake(project: Project, asked: Asked, about: Subject | None) -> Lake:
    """The lake that is asked; where it is the event history, that of the account `about` is in."""
    return lake_of(project, asked, account_of(about) if about else "")


def lake_of(project: Project, asked: Asked, account: str) -> Lake:
    """What is to be asked; `account` is where event history is looked for, '' the caller's own."""
    place = asked.place
    if place not in ("", DUCKDB, ATHENA, OPENSEARCH, CLOUDTRAIL) and not place.startswith("s3://"):
        return wiring.lake(place, "", {})
    organization = config.load(project.configs, dates.today())
    where, env = asked.region or organization.facts.home_region, environment(project)
    engines: Mapping[str, Callable[[], Lake]] = {
        "": lambda: lakes.declared(organization, env, account, where),
        DUCKDB: lambda: lakes.kept(organization, env),
        ATHENA: lambda: lakes.athena(asked.athena, where, env),
        OPENSEARCH: lambda: lakes.opensearch(organization, asked.search, where, env),
        CLOUDTRAIL: lambda: lakes.history(organization, env, account, where),
    }
    return engines.get(place, lambda: wiring.lake(place, where, env))()


def account_of(about: Subject | None) -> str:
    """Where it is; '' where that cannot be told."""
    match about:
        case Finding(account=account):
            return account
        case ResourceSubject(uid):
            return next(iter(resolve(uid).scope.accounts), "")
    return ""


def _subject(project: Project, about: str, given: TextIO) -> Subject:
    if about == "-":
        return finding(given.read(), "standard input")
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
        raise UsageError(f"{file}: {error}", "name a finding's id, or its JSON file") from error


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
