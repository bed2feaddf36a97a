"""What the commands share that work the findings function by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from orchestrator import wiring
from orchestrator.cli.decisions import Decisions, load
from orchestrator.cli.project import Project
from orchestrator.cli.session import environment
from orchestrator.errors import UsageError
from orchestrator.findings.remediation import Refused
from orchestrator.model.exit_code import ExitCode

if TYPE_CHECKING:
    from orchestrator.adapters.aws.operator import Operator


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
            "set organization.remediation.enabled, then apply all accounts",
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


@dataclass
class Refusals:
    """The exit code, once something was refused."""

    code: ExitCode = ExitCode.DONE


@contextmanager
def refusals() -> Iterator[Refusals]:
    """A refusal is a result: it is said, and makes the exit code."""
    seen = Refusals()
    try:
        yield seen
    except Refused as refused:
        click.echo(f"refused: {refused}")
        seen.code = ExitCode.GATE_REFUSED
