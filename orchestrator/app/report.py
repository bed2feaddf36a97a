"""`report`: how secure the organization is, how it got there, and what to decide next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestrator import config, wiring
from orchestrator.app.coverage import drawn
from orchestrator.app.project import Project
from orchestrator.app.remediation import deployed, run_id
from orchestrator.app.session import environment
from orchestrator.errors import AwsDenied, OrchestratorError, UsageError
from orchestrator.findings.records import Record
from orchestrator.model import dates
from orchestrator.model.coverage import Coverage
from orchestrator.model.history import History, Point
from orchestrator.model.organization import Organization
from orchestrator.report.report import Report, Sources, build
from orchestrator.report.scores import settle

DRIFT_AGE = timedelta(days=2)


def report(project: Project, history: Path | None = None) -> Report:
    """As of now. `history` has the figures of earlier reports; by default the project's folder."""
    organization = config.load(project.configs, dates.today())
    return build(_sources(project, organization, wiring.points(history or project.reports).all()))


def keep(project: Project, made: Report, history: Path | None = None) -> None:
    """Keep its figures for later reports."""
    wiring.points(history or project.reports).keep(made.point)


def write(out: Path, text: str) -> None:
    """The whole file or none. Raises UsageError where it cannot be written."""
    try:
        wiring.whole(out, text)
    except OSError as error:
        raise UsageError(
            f"{out} cannot be written: {error.strerror}", "name another file"
        ) from error


def _sources(project: Project, organization: Organization, earlier: tuple[Point, ...]) -> Sources:
    """Findings must be had; without the rest the report says what it lacks."""
    now = datetime.now(UTC)
    found = wiring.all_findings(organization, environment(project), run_id("report"))
    lacking: list[str] = []
    return Sources(
        organization,
        settle(found),
        now,
        _coverage(project, organization, lacking),
        _records(project, organization, lacking),
        tuple(_histories(project, lacking)),
        earlier,
        tuple(lacking),
    )


def _coverage(project: Project, organization: Organization, lacking: list[str]) -> Coverage | None:
    try:
        return drawn(project, organization, DRIFT_AGE, ask=False)
    except AwsDenied as denied:
        lacking.append(f"coverage: {denied.message}")
        return None


def _records(
    project: Project, organization: Organization, lacking: list[str]
) -> tuple[Record, ...]:
    """Of all days that are kept; none where nothing fixes."""
    if not organization.facts.remediation.enabled:
        return ()
    try:
        return deployed(project, "report").operator.records(
            organization.facts.remediation.keep_days
        )
    except OrchestratorError as error:
        lacking.append(f"what the remediation function did: {error.message}")
        return ()


def _histories(project: Project, lacking: list[str]) -> Iterator[History]:
    kept = wiring.runs(project.runs)
    for run in kept.runs():
        try:
            yield kept.history(run)
        except UsageError as error:
            lacking.append(f"the run {run}: {error.message}")
