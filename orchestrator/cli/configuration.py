"""`validate`, `explain` and `schema`: account_configs/ checked and explained."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

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
    click.echo(
        _report_json(report) if as_json else _report_text(report, project.configs.name), nl=False
    )
    if not as_json:
        for warning in report.warnings:
            click.echo(f"warning: {warning}", err=True)
        if report.problems:
            click.echo(str(ConfigurationError(report.problems)), err=True)
    return ExitCode.CONFIGURATION if report.problems else ExitCode.DONE


def _report_text(report: config.Report, folder: str) -> str:
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


def _report_json(report: config.Report) -> str:
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


OU_FILE = "_ou.yaml"
WIDTH = 80
KEY_WIDTH = 46
DECISION = "security_hub.controls."
PARTICULARS = (".reason", ".decided_by", ".decided_on", ".review_by")


@click.command(short_help="Name file and line of an account's values.")
@click.argument("account")
@click.argument("key", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def explain(project: Project, account: str, key: str | None, as_json: bool) -> int:
    """Name file and line of every value that holds for ACCOUNT, or of KEY and all below it.

    \b
    orchestrator explain orders-prod
    orchestrator explain orders-prod security_hub.controls.S3.9
    """
    origins = config.explain(project.configs, account, key)
    if as_json:
        click.echo(_json(account, origins))
    else:
        click.echo("\n".join(_text(origins, short=key is None)))
        if key is None:
            click.echo(f"\nreasons and dates: orchestrator explain {account} {DECISION[:-1]}")
    return ExitCode.DONE


def _text(origins: Sequence[config.Origin], *, short: bool) -> Iterator[str]:
    """The values, gathered by the file that states them; cut to the terminal if `short`."""
    by_place = sorted((o for o in origins if not (short and _particular(o))), key=_place)
    for number, (file, group) in enumerate(groupby(by_place, key=_file)):
        yield from ["", file] if number else [file]
        stated = list(group)
        width = min(KEY_WIDTH, max(len(origin.key) for origin in stated))
        for origin in stated:
            line = f"{origin.line or '':>4}  {origin.key:<{width}}  {_shown(origin.value)}"
            yield f"{line[: WIDTH - 1]}…" if short and len(line) > WIDTH else line
            for source in origin.overrides:
                was = _shown(source.value)
                yield f"{'':8}instead of {was[:24] if short else was}, {source.where}"


def _particular(origin: config.Origin) -> bool:
    """Reasons and dates of decisions fill pages; they are shown when asked for by key."""
    return origin.key.startswith(DECISION) and origin.key.endswith(PARTICULARS)


def _file(origin: config.Origin) -> str:
    return str(origin.file) if origin.line else origin.where


def _place(origin: config.Origin) -> tuple[int, bool, str, int]:
    """The innermost file first, since it says what is special here; defaults last."""
    depth = len(origin.file.parts) if origin.line else 0
    return -depth, origin.file.name == OU_FILE, _file(origin), origin.line


def _shown(value: object) -> str:
    plain = isinstance(value, str) and value.isprintable()
    return str(value) if plain else json.dumps(value, ensure_ascii=not plain)


def _json(account: str, origins: Sequence[config.Origin]) -> str:
    values = [
        {
            "key": origin.key,
            **_source(origin),
            "overrides": [_source(source) for source in origin.overrides],
        }
        for origin in origins
    ]
    document = {"version": VERSION, "account": account, "values": values}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _source(source: config.Source) -> dict[str, object]:
    return {
        "value": source.value,
        "file": str(source.file),
        "line": source.line or None,
        "built_in": not source.line,
    }


@click.command(short_help="Write the JSON Schemas for editors and other programs.")
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is out of date.")
@click.pass_obj
def schema(project: Project, check: bool) -> int:
    """Write the JSON Schemas.

    Editors complete and check account_configs/ with them; other programs learn from them what
    `--format json` and `--json` print.
    """
    from orchestrator.documents import shapes  # noqa: PLC0415  reads the source of each

    texts = {**config.schema_texts(), **shapes.schema_texts()}
    stale = [
        (project.schemas / name, text)
        for name, text in texts.items()
        if _content(project.schemas / name) != text
    ]
    if check and stale:
        names = ", ".join(file.name for file, _ in stale)
        click.echo(f"schemas/: out of date: {names}\n  fix: orchestrator schema", err=True)
        return ExitCode.CONFIGURATION
    for file, text in stale:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    click.echo(f"schemas/: {len(texts)} schemas, {len(stale)} written")
    return ExitCode.DONE


def _content(file: Path) -> str | None:
    return file.read_text("utf-8") if file.is_file() else None
