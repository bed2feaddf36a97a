"""What became of findings: fixed by machine, by hand, left, taken back; and how long it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median, quantiles

from orchestrator.findings.records import Outcome, Record
from orchestrator.report.standing import Open

BY_MACHINE = "function"


class End(StrEnum):
    """How a finding that was to be fixed has ended."""

    MACHINE = "fixed by machine"
    HAND = "fixed by hand"
    UNDONE = "taken back"
    LEFT = "left to its owner"
    FAILED = "not fixed"


LEFT = frozenset({Outcome.OWNED, Outcome.PROPOSED, Outcome.REFUSED, Outcome.TOLD, Outcome.UNCLEAR})
NOTHING = frozenset(
    {
        *(Outcome.PASSES, Outcome.GONE, Outcome.FIXING, Outcome.ON_ITS_WAY),
        *(Outcome.STARTED, Outcome.HELD),
    }
)
"""Outcomes that are no end, or after which there was nothing to fix."""


@dataclass(frozen=True, slots=True)
class Times:
    """From the finding to the fix. None without a single fix whose finding's date is known."""

    half: timedelta | None = None
    """Half of them took no longer."""
    most: timedelta | None = None
    """Nine of ten took no longer."""


def end_of(record: Record) -> End | None:
    if record.undone_at or record.outcome is Outcome.UNDONE:
        return End.UNDONE
    if record.outcome is Outcome.FIXED:
        return End.MACHINE if record.by == BY_MACHINE else End.HAND
    if record.outcome in LEFT:
        return End.LEFT
    return None if record.outcome in NOTHING else End.FAILED


def by_month(records: Iterable[Record]) -> Mapping[str, Mapping[End, int]]:
    """'2026-11' → how many ended how; the oldest month first."""
    found: dict[str, Counter[End]] = {}
    for record in records:
        if end := end_of(record):
            found.setdefault(record.at[:7], Counter())[end] += 1
    return {month: found[month] for month in sorted(found)}


def times(records: Iterable[Record]) -> Times:
    took = [
        (datetime.fromisoformat(record.at) - datetime.fromisoformat(record.found)).total_seconds()
        for record in records
        if record.found and end_of(record) in (End.MACHINE, End.HAND)
    ]
    if not took:
        return Times()
    ninth = quantiles(took, n=10)[-1] if len(took) > 1 else took[0]
    return Times(timedelta(seconds=median(took)), timedelta(seconds=ninth))


def opened_by_month(findings: Iterable[Open]) -> Mapping[str, int]:
    """How many of those open now came up in each month."""
    return Counter(f"{each.since:%Y-%m}" for each in findings)
