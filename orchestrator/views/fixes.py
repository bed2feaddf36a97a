"""Dry runs and records of fixes, as text for a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from orchestrator.controls.catalogue import counted
from orchestrator.findings.by_hand import Rehearsal
from orchestrator.findings.decision import explain
from orchestrator.findings.finding import Finding
from orchestrator.findings.records import Record

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


def record(found: Record, *, undoable: bool) -> str:
    """All that is known of it, and how to take it back."""
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
    }
    lines = [found.id, *(f"  {name}: {value}" for name, value in facts.items() if value)]
    lines += [f"  {name}: {value}" for name, value in found.parameters.items()]
    if undoable:
        lines.append(f"  to take it back: orchestrator remediation undo {found.id}")
    return "\n".join(lines)


def record_json(found: Record) -> str:
    return _document(record=asdict(found))


def _document(**parts: object) -> str:
    return json.dumps({"version": JSON_VERSION, **parts}, indent=2, ensure_ascii=False)
