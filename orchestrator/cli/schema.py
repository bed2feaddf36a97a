"""`schema`: JSON Schema for editors, and for those who read our JSON."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.model.exit_code import ExitCode
from orchestrator.views import documents, journal_shapes


@click.command(short_help="Write the JSON Schemas for editors and other programs.")
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is out of date.")
@click.pass_obj
def schema(project: Project, check: bool) -> int:
    """Write the JSON Schemas.

    Editors complete and check account_configs/ with them; other programs learn from them what
    `--format json` and `--json` print.
    """
    texts = {
        **config.schema_texts(),
        **documents.schema_texts(),
        **journal_shapes.schema_texts(),
    }
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
