"""Dry runs and records of fixes, as text for a terminal and as JSON."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Protocol

from orchestrator.controls.catalogue import counted
from orchestrator.findings.by_hand import Rehearsal
from orchestrator.findings.decision import explain
from orchestrator.findings.finding import Finding
from orchestrator.findings.records import Record
from orchestrator.findings.remediation import Remediation
from orchestrator.findings.undo import Standing, Stands

JSON_VERSION = 1
LONGEST = 2000
"""Characters of the state before that are shown."""


def rehearsal(finding: Finding, found: Rehearsal) -> str:
    """What would be done, to what, and the plan to approve."""
    lines = [explain(finding, found.decision)]
    if found.remediation and found.evaluation:
        lines += [
            f"  fix: {found.remediation.effect}",
            f"  may break: {found.remediation.breaks}",
            f"  risk: {found.remediation.risk}",
            f"  undo: {'yes' if found.remediation.undo else 'no'}",
        ]
        if found.remediation.cost:
            lines.append(f"  cost: {found.remediation.cost}")
    if found.evaluation:
        if found.evaluation.outcome:
            lines.append(f"  seen now: {found.evaluation.outcome}: {found.evaluation.note}")
        if found.evaluation.before is not None:
            state = json.dumps(found.evaluation.before, ensure_ascii=True, default=str)
            shown = state if len(state) <= LONGEST else f"{state[:LONGEST]}…"
            lines.append(f"  state now: {shown}")
    lines.append(f"  plan: {found.plan}" if found.plan else "  nothing would be changed")
    return "\n".join(lines)


def records(found: Sequence[Record]) -> str:
    """One line for each."""
    lines = [
        f"{record.id}  {record.at[:16].replace('T', ' ')}  {record.outcome:<9}{record.control:<14}"
        f"{record.account}  {record.resource}"
        for record in found
    ]
    return "\n".join([*lines, counted(len(found), "record")])


def records_json(found: Iterable[Record]) -> str:
    return _document(records=[asdict(record) for record in found])


def record(found: Record, *, undoable: bool, standing: Standing | None = None) -> str:
    """All that is known of it, what it changed, and how to take it back."""
    facts = {
        "outcome": f"{found.outcome}{': ' if found.note else ''}{found.note}",
        "control": f"{found.control}: {found.title}",
        "resource": found.resource,
        "account": f"{found.account}/{found.region}",
        "team": found.team,
        "at": f"{found.at} by {found.by}",
        "why": found.reason,
        "written in": found.source,
        "finding": found.finding,
        "undone": f"{found.undone_at} by {found.undone_by}" if found.undone_at else "",
        "undone because": found.undone_why,
    }
    lines = [found.id, *(f"  {name}: {value}" for name, value in facts.items() if value)]
    lines += [f"  {name}: {value}" for name, value in found.parameters.items()]
    if standing:
        lines.append(f"  the resource now: {_stands(standing)}")
        if found.before:
            lines += ["  what the fix changed:", *changed(standing.before, standing.after)]
        if standing.stands is Stands.CHANGED:
            since = changed(standing.after or standing.before, standing.now)
            lines += ["  what has changed since:", *since]
    if undoable:
        lines.append(f"  to take it back: orchestrator remediation undo {found.id}")
    return "\n".join(lines)


def undoing(shown: Undone, excepted: str) -> str:
    """What an undo would change, and what it means, before a person agrees to it."""
    found, standing, remediation = shown.record, shown.standing, shown.remediation
    lines = [
        f"{found.control} on {found.resource}",
        f"  account: {found.account}/{found.region}, team {found.team}",
        f"  fixed: {found.at} by {found.by}",
        f"  the resource now: {_stands(standing)}",
        "  what the undo would change:",
        *changed(standing.now or standing.after, standing.before),
        f"  after it fails again: {found.control} ({found.severity.lower()}): {found.title}",
    ]
    if remediation and remediation.danger:
        lines.append(f"  DANGER: {remediation.danger}")
    lines.append(f"  exception: {excepted or 'none covers it'}")
    return "\n".join(lines)


class Undone(Protocol):
    """A record, how its resource stands, and what fixed it."""

    @property
    def record(self) -> Record: ...

    @property
    def standing(self) -> Standing: ...

    @property
    def remediation(self) -> Remediation | None: ...


MOST_LINES = 60
"""Of a difference that is shown; JSON has all of it."""
AROUND = 2


def changed(before: Any, after: Any) -> list[str]:
    """The lines that differ between two states, with a few around them."""
    if before is None or after is None:
        which = "before the fix" if before is None else "after it"
        return [f"    not known: the state {which} is not kept, or cannot be read"]
    difference = difflib.unified_diff(_pretty(before), _pretty(after), lineterm="", n=AROUND)
    lines = [f"    {line}" for line in list(difference)[2:] if not line.startswith("@@")]
    if len(lines) > MOST_LINES:
        more = len(lines) - MOST_LINES
        lines = [*lines[:MOST_LINES], f"    … {more} lines more: --format json"]
    return lines or ["    nothing"]


def _pretty(state: Any) -> list[str]:
    return json.dumps(_opened(state), indent=2, sort_keys=True, default=str).splitlines()


def _opened(value: Any) -> Any:
    """Policies are kept as text: as JSON they can be read."""
    if isinstance(value, Mapping):
        return {key: _opened(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_opened(each) for each in value]
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        with suppress(ValueError, RecursionError):
            return json.loads(value)
    return value


def _stands(standing: Standing) -> str:
    return f"{standing.stands}{': ' if standing.why else ''}{standing.why}"


def record_json(found: Record, standing: Standing) -> str:
    return _document(record=asdict(found), resource=asdict(standing))


def _document(**parts: object) -> str:
    return json.dumps({"version": JSON_VERSION, **parts}, indent=2, ensure_ascii=False, default=str)
