"""What the commands share that work the findings function by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from orchestrator import wiring
from orchestrator.cli.decisions import Decisions, load
from orchestrator.cli.project import Project
from orchestrator.cli.session import environment
from orchestrator.controls.operator import Operator
from orchestrator.errors import UsageError
from orchestrator.findings.records import Record
from orchestrator.findings.registry import BY_CONTROL
from orchestrator.findings.remediation import Refused
from orchestrator.model.exit_code import ExitCode


@dataclass(frozen=True, slots=True)
class Working:
    """The decisions of this checkout, and the function that is deployed."""

    decisions: Decisions
    operator: Operator


def working(project: Project, command: str) -> Working:
    """Raises UsageError where no function is, and AwsDenied."""
    decisions = load(project)
    if not decisions.organization.facts.remediation.enabled:
        raise UsageError(
            "remediation is not enabled",
            "set organization.remediation.enabled, then run 'orchestrator bootstrap' and "
            "'orchestrator apply all'",
        )
    return Working(
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


@dataclass
class Result:
    """The exit code."""

    code: ExitCode = ExitCode.DONE


@contextmanager
def refusals() -> Iterator[Result]:
    """A refusal is a result: it is said, and makes the exit code."""
    seen = Result()
    try:
        yield seen
    except Refused as refused:
        click.echo(f"refused: {refused}")
        seen.code = ExitCode.GATE_REFUSED
