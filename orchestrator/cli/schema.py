"""`schema`: JSON Schema for editors."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator import config
from orchestrator.cli.project import Project
from orchestrator.model.exit_code import ExitCode


@click.command(short_help="Write the JSON Schemas for editors.")
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is out of date.")
@click.pass_obj
def schema(project: Project, check: bool) -> int:
    """Write the JSON Schemas that editors use to complete and check account_configs/."""
    stale = [
        (project.schemas / name, text)
        for name, text in config.schema_texts().items()
        if _content(project.schemas / name) != text
    ]
    if check and stale:
        names = ", ".join(file.name for file, _ in stale)
        click.echo(f"schemas/: out of date: {names}\n  fix: orchestrator schema", err=True)
        return ExitCode.CONFIGURATION
    for file, text in stale:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    total = len(config.schema_texts())
    click.echo(f"schemas/: {total} schemas, {len(stale)} written")
    return ExitCode.DONE


def _content(file: Path) -> str | None:
    return file.read_text("utf-8") if file.is_file() else None
