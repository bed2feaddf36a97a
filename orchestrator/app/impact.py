"""`controls impact`: what it would mean to decide on a control."""

from __future__ import annotations

from datetime import UTC, datetime

from orchestrator import wiring
from orchestrator.app.decisions import Decisions, control_called, load
from orchestrator.app.project import Project
from orchestrator.app.remediation import deployed, run_id
from orchestrator.app.session import environment
from orchestrator.controls.impact import DryRun, Impact, Seen, survey
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.findings.finding import Finding
from orchestrator.findings.registry import BY_CONTROL


def impact(project: Project, control: str, most: int) -> Impact:
    """Every finding of a control, and what fixing it would do; at most `most` are looked at."""
    decisions = load(project)
    called = control_called(control)
    found = wiring.failing(decisions.organization, environment(project), run_id("impact"), called)
    dry_run = _dry_run(project, decisions) if most else None
    now = datetime.now(UTC)
    return survey(called, found, decisions.matrix, BY_CONTROL, now, dry_run, most)


def _dry_run(project: Project, decisions: Decisions) -> DryRun | None:
    """None where the function that fixes is not deployed; then nothing can look."""
    if not decisions.organization.facts.remediation.enabled:
        return None
    try:
        operator = deployed(project, "impact").operator
    except UsageError as error:
        project.say(f"findings are not looked at: {error.message}")
        return None

    def dry_run(finding: Finding) -> Seen | str:
        try:
            return Seen(operator.rehearse(finding), operator.tags(finding))
        except AwsDenied as denied:
            return denied.message

    return dry_run
