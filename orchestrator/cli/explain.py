"""`explain`: where each value of an account comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.model.exit_code import ExitCode

VERSION = 1
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
