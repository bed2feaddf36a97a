"""`doctor`: what is on this machine, what is missing, and the remedy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from orchestrator import wiring
from orchestrator.app.project import Project
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.preflight import Need, Readiness

JSON_VERSION = 1


@click.command(short_help="Say what this machine has, and what it lacks.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def doctor(project: Project, as_json: bool) -> int:
    """Say what was found on this machine, where, and what is missing. Works offline.

    \b
    orchestrator doctor
    orchestrator doctor --json
    """
    needs = wiring.examine(os.environ, project.root)
    click.echo(document(needs) if as_json else "\n".join(lines(needs)))
    return code(needs)


def lines(needs: Sequence[Need]) -> Iterator[str]:
    """One line a need, and one for its remedy."""
    width = max(len(need.name) for need in needs)
    for need in needs:
        yield f"{need.presence:<7}  {need.name:<{width}}  {need.found}"
        if need.fix:
            yield f"{'':<{width + 11}}fix: {need.fix}"


def document(needs: Sequence[Need]) -> str:
    ready = code(needs) == ExitCode.DONE
    listed = [asdict(need) for need in needs]
    return json.dumps({"version": JSON_VERSION, "ready": ready, "needs": listed}, indent=2)


def code(needs: Sequence[Need]) -> ExitCode:
    missing = any(need.presence is Readiness.MISSING for need in needs)
    return ExitCode.CONFIGURATION if missing else ExitCode.DONE
