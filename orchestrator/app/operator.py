"""What the commands share that work the findings function by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from orchestrator import wiring
from orchestrator.app.decisions import Decisions, load
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.controls.operator import Operator
from orchestrator.errors import UsageError
from orchestrator.findings.records import Record
from orchestrator.findings.registry import BY_CONTROL


@dataclass(frozen=True, slots=True)
class Deployed:
    """The decisions of this checkout, and the function that is deployed."""

    decisions: Decisions
    operator: Operator


def deployed(project: Project, command: str) -> Deployed:
    """Raises UsageError where no function is, and AwsDenied."""
    decisions = load(project)
    if not decisions.organization.facts.remediation.enabled:
        raise UsageError(
            "remediation is not enabled",
            "set organization.remediation.enabled, then run 'orchestrator bootstrap' and "
            "'orchestrator apply all'",
        )
    return Deployed(
        decisions,
        wiring.operator(
            decisions.organization, environment(project), run_id(command), decisions.matrix
        ),
    )


def run_id(command: str) -> str:
    """Stands in the names of sessions."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{command}"


def can_be_undone(record: Record) -> bool:
    """Whether there is something to take back, and a way to."""
    known = BY_CONTROL.get(record.control.lower())
    return record.can_be_undone and known is not None and known.undo is not None
