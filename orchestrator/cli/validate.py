"""`validate`: every problem in account_configs/, at once."""

from __future__ import annotations

import json
from collections.abc import Iterable

import click

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.errors import ConfigurationError, Problem
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.organization import Organization

VERSION = 1


@click.command(short_help="Check account_configs/, without credentials.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def validate(project: Project, as_json: bool) -> int:
    """Check account_configs/: every problem at once, with file, line, key and remedy.

    Needs no credentials and works offline. Warnings (what has run out) do not fail.
    """
    report = config.check(project.configs, dates.today())
    click.echo(_json(report) if as_json else _text(report, project.configs.name), nl=False)
    if not as_json:
        for warning in report.warnings:
            click.echo(f"warning: {warning}", err=True)
        if report.problems:
            click.echo(str(ConfigurationError(report.problems)), err=True)
    return ExitCode.CONFIGURATION if report.problems else ExitCode.DONE


def _text(report: config.Report, folder: str) -> str:
    if report.organization is None:
        return ""
    counts = ", ".join(_counted(*count) for count in _counts(report.organization))
    warnings = f", {_counted('warning', len(report.warnings))}" if report.warnings else ""
    return f"{folder}/: {counts}, no problems{warnings}\n"


def _counts(organization: Organization) -> tuple[tuple[str, int], ...]:
    return (
        ("account", len(organization.accounts)),
        ("OU", len(organization.units) - 1),
        ("control", len(organization.units[0].decisions)),
        ("team", len(organization.teams)),
        ("wave", len(organization.waves)),
        ("exception", len(organization.exceptions)),
    )


def _counted(noun: str, count: int) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _json(report: config.Report) -> str:
    counts = _counts(report.organization) if report.organization else ()
    document = {
        "version": VERSION,
        "valid": not report.problems,
        "counts": {f"{noun}s": count for noun, count in counts},
        "problems": _listed(report.problems),
        "warnings": _listed(report.warnings),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _listed(problems: Iterable[Problem]) -> list[dict[str, str | int]]:
    return [
        {"file": str(p.file), "line": p.line, "key": p.key, "what": p.what, "fix": p.fix}
        for p in problems
    ]
