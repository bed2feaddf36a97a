"""The report as JSON and as CSV, and what its page carries for its own script."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from orchestrator.findings.finding import Severity
from orchestrator.findings.records import Outcome, Record
from orchestrator.model.history import Score, point_document
from orchestrator.report.remediations import Times
from orchestrator.report.report import AccountRow, ControlRow, Report
from orchestrator.report.scores import Open, Status

JSON_VERSION = 1
MOST_FINDINGS = 5000
"""Findings that the page carries; the JSON and the CSV have all of them."""

CELLS = {Status.PASSED: "p", Status.FAILED: "f", Status.UNKNOWN: "u"}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula. Source: OWASP, "CSV Injection"."""


def as_json(report: Report) -> str:
    """Exactly one document; `version` changes when a key changes its meaning or goes away."""
    return json.dumps(
        {
            "version": JSON_VERSION,
            "at": report.point.at.isoformat(timespec="seconds"),
            "lacking": report.sources.lacking,
            "unread": report.sources.standings.unread,
            "organization": _score(report.point.organization),
            "teams": {name: _score(score) for name, score in report.point.teams.items()},
            "units": {name: _score(score) for name, score in report.point.units.items()},
            "accounts": [_account(row) for row in report.accounts],
            "controls": [_control(row) for row in report.controls],
            "history": [point_document(point) for point in report.points],
            "rules": [asdict(each) for each in report.rules],
            "fixes": report.fixes,
            "seconds_to_fix": {
                **_times(report.times),
                "by_severity": {name: _times(took) for name, took in report.times_by_severity},
                "by_team": {name: _times(took) for name, took in report.times_by_team},
            },
            "drift": [
                {
                    "stack": str(each.key),
                    "account": each.key.account_name,
                    "since": each.since.isoformat(timespec="seconds"),
                    "kinds": each.kinds,
                }
                for each in report.drifts
            ],
            "due": [{**asdict(each), "on": each.on.isoformat()} for each in report.due],
            "exposures": [{**asdict(each), "closes": each.closes} for each in report.closing],
            "findings": [_finding(each) for each in report.sources.standings.open],
        },
        indent=2,
        ensure_ascii=False,
    )


def _times(times: Times) -> dict[str, float | None]:
    """In seconds, and of how many fixes."""
    took = {"half": times.half, "most": times.most}
    seconds = {name: each.total_seconds() if each else None for name, each in took.items()}
    return {**seconds, "count": times.count}


def as_csv(report: Report) -> str:
    """One line for each open finding, safe to open in a spreadsheet."""
    accounts = {row.id: row for row in report.accounts}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in severest(report.sources.standings.open):
        row = accounts.get(each.account)
        owner = (row.name, row.ou, row.team) if row else ("", "", "")
        writer.writerow(map(safe, (each.account, *owner, *_cells(each))))
    return text.getvalue()


COLUMNS = (
    *("account_id", "account", "ou", "team"),
    *("control", "severity", "region", "resource", "since", "finding"),
)


def _cells(found: Open) -> Sequence[str]:
    since = found.since.isoformat(timespec="seconds")
    severity = found.severity.name.lower()
    return (found.control, severity, found.region, found.resource, since, found.id)


def safe(cell: str) -> str:
    """A text that no spreadsheet calculates."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def severest(found: Iterable[Open]) -> list[Open]:
    """The severest first, of those the oldest."""
    return sorted(found, key=lambda each: (-each.severity, each.since, each.id))


def for_the_page(report: Report) -> str:
    """JSON to stand inside of a script element: nothing in it can end that element."""
    controls = [row.control.id for row in report.controls]
    statuses = report.sources.standings.statuses
    found = severest(report.sources.standings.open)[:MOST_FINDINGS]
    events = _events(report.sources.records)
    data = {
        "controls": [
            [row.control.id, row.control.title, int(row.control.severity)]
            for row in report.controls
        ],
        "accounts": [
            [row.id, row.name, row.ou, row.team, _cells_of(statuses.get(row.id, {}), controls)]
            for row in report.accounts
        ],
        "findings": [
            [
                *(each.account, each.control, int(each.severity), each.region, each.resource),
                *(f"{each.since:%Y-%m-%d %H:%M}", each.id, events.get(each.id, ())),
            ]
            for each in found
        ],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _events(records: Iterable[Record]) -> Mapping[str, Sequence[tuple[str, str]]]:
    """By finding: when something was done about it, and what, the earliest first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for record in sorted(records, key=lambda each: each.at):
        what = f"{record.outcome} ({record.by}, {record.id})"
        found.setdefault(record.finding, []).append((_minute(record.at), what))
        if record.undone_at:
            undone = f"{Outcome.UNDONE} ({record.undone_by})"
            found[record.finding].append((_minute(record.undone_at), undone))
    return found


def _minute(at: str) -> str:
    return f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M}"


def _cells_of(statuses: Mapping[Any, Status], controls: Sequence[str]) -> str:
    """A letter a control: 'pf-u'."""
    return "".join(CELLS[statuses[control]] if control in statuses else "-" for control in controls)


def _score(score: Score) -> Mapping[str, object]:
    share = score.share
    return {**asdict(score), "percent": None if share is None else round(share, 1)}


def _account(row: AccountRow) -> Mapping[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "ou": row.ou,
        "team": row.team,
        "score": _score(row.score),
        "open": _by_severity(row.open),
        "covered": row.covered,
        "gaps": row.gaps,
        "drifting": row.drifting,
    }


def _control(row: ControlRow) -> Mapping[str, object]:
    return {
        "id": row.control.id,
        "title": row.control.title,
        "severity": row.control.severity.name.lower(),
        "decision": row.decision,
        "accounts_failed": row.failed,
        "accounts_passed": row.passed,
        "open": row.open,
    }


def _by_severity(counts: Mapping[Severity, int]) -> Mapping[str, int]:
    return {each.name.lower(): counts.get(each, 0) for each in reversed(Severity)}


def _finding(found: Open) -> Mapping[str, str]:
    names = ("control", "severity", "region", "resource", "since", "id")
    return {"account_id": found.account, **dict(zip(names, _cells(found), strict=True))}
