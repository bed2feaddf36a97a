"""`affected`: what a change to the repository changes, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from orchestrator.accounts.affected import Affected, Comparison, Reason
from orchestrator.app.affected import compared
from orchestrator.app.project import Project
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey, StackName

VERSION = 1
NAMES, REASONS = 5, 10


@click.command()
@click.argument("revisions", metavar="REV")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def affected(project: Project, revisions: str, as_json: bool) -> int:
    """Show which stacks differ between two revisions, and why. Works offline.

    Compares what is resolved and rendered, not paths. REV is read as git diff reads it: A...B is
    what B changed since it branched off from A, A alone is compared with the files as they are.

    \b
    orchestrator affected main...HEAD
    orchestrator affected HEAD --json
    """
    comparison = compared(project, revisions)
    click.echo(_json(comparison) if as_json else "\n".join(_text(comparison)))
    return ExitCode.DONE


def _text(comparison: Comparison) -> Iterator[str]:
    """Stacks with the same reasons together."""
    alike: dict[tuple[StackName, tuple[Reason, ...]], list[Affected]] = {}
    for each in comparison.stacks:
        alike.setdefault((each.key.stack, each.reasons), []).append(each)
    for (stack, reasons), members in alike.items():
        yield f"{_count(len(members), f'{stack} stack')}: {_names(members)}"
        yield from (f"    {reason}" for reason in reasons[:REASONS])
        if len(reasons) > REASONS:
            yield f"    and {len(reasons) - REASONS} more: --json has all of them"
    for key in comparison.removed:
        yield f"removed: {_title(key)}; what it made stays until you destroy it"
    accounts = {each.key.account_id for each in comparison.stacks}
    stacks = _count(len(comparison.stacks), "stack")
    yield f"{stacks} of {_count(len(accounts), 'account')} affected"


def _names(members: list[Affected]) -> str:
    names = ", ".join(each.key.account_name for each in members[:NAMES])
    return f"{names} and {len(members) - NAMES} more" if len(members) > NAMES else names


def _title(key: StackKey) -> str:
    return f"{key.account_name}/{key.stack} ({key.account_id})"


def _json(comparison: Comparison) -> str:
    document = {
        "version": VERSION,
        "stacks": [
            {
                **_stack(each.key),
                "reasons": [{"what": r.what, "where": r.where or None} for r in each.reasons],
            }
            for each in comparison.stacks
        ],
        "removed": [_stack(key) for key in comparison.removed],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _stack(key: StackKey) -> dict[str, str]:
    return {"account_id": key.account_id, "account": key.account_name, "stack": str(key.stack)}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
