"""What the function refuses to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from orchestrator.findings.remediation import Refused
from orchestrator.model.exit_code import ExitCode


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
