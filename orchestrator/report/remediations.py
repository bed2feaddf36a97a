"""What became of findings: fixed by machine, by hand, left, taken back; and how long it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median, quantiles

from orchestrator.findings.finding import Severity
from orchestrator.findings.records import Outcome, Record
from orchestrator.model.names import ControlId
from orchestrator.model.organization import Organization
from orchestrator.model.settings import ControlDecision, DecisionKind

BY_MACHINE = "function"


class End(StrEnum):
    """How a finding that was to be fixed has ended."""

    MACHINE = "fixed by machine"
    HAND = "fixed by hand"
    UNDONE = "taken back"
    LEFT = "left to its owner"
    FAILED = "not fixed"


LEFT = frozenset(
    {Outcome.OWNED, Outcome.PROPOSED, Outcome.REFUSED, Outcome.NOTIFIED, Outcome.UNCLEAR}
)
NOTHING = frozenset(
    {
        *(Outcome.PASSES, Outcome.GONE, Outcome.FIXING, Outcome.ON_ITS_WAY),
        *(Outcome.STARTED, Outcome.HELD, Outcome.UNDOING),
    }
)
"""Outcomes that are not an end, or after which there was nothing to fix."""


@dataclass(frozen=True, slots=True)
class Times:
    """From the finding to the fix. None without a single fix whose finding's date is known."""

    half: timedelta | None = None
    """Half of them took no longer."""
    most: timedelta | None = None
    """Nine of ten took no longer."""
    count: int = 0
    """Fixes whose finding's date is known."""


def end_of(record: Record) -> End | None:
    if record.outcome is Outcome.UNDONE:
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
    return Times(timedelta(seconds=median(took)), timedelta(seconds=ninth), len(took))


def times_by(
    records: Iterable[Record], what: Callable[[Record], str]
) -> tuple[tuple[str, Times], ...]:
    """The same for each of something, such as a team, in the order of names."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(what(record), []).append(record)
    found = ((name, times(group)) for name, group in sorted(groups.items()))
    return tuple((name, took) for name, took in found if took.count)


def times_by_severity(records: Iterable[Record]) -> tuple[tuple[str, Times], ...]:
    """The severest first."""
    found = dict(times_by(records, lambda record: record.severity))
    return tuple((s.name, found[s.name]) for s in reversed(Severity) if s.name in found)


STRONGEST_FIRST = (DecisionKind.REMEDIATE, DecisionKind.DETECT, DecisionKind.DISABLE)
"""A control that is remediated somewhere counts as remediated."""


@dataclass(frozen=True, slots=True)
class Rules:
    """So many controls at the end of a month, '2026-11'."""

    month: str
    counts: Mapping[DecisionKind, int]


def standing_rules(organization: Organization) -> Mapping[ControlId, ControlDecision]:
    """Each control with the strongest decision that holds anywhere, the earliest taken of those."""
    best: dict[ControlId, ControlDecision] = {}
    for control, decision in _taken(organization):
        there = best.get(control)
        if there is None or _rank(decision) < _rank(there):
            best[control] = decision
    return best


def over_time(organization: Organization, until: date, months: int) -> tuple[Rules, ...]:
    """By the day each of today's decisions was taken; one that was replaced is not known of."""
    rules = standing_rules(organization).values()
    found = []
    for first_of_next, name in _months(until, months):
        counts = Counter(rule.decision for rule in rules if rule.decided_on < first_of_next)
        found.append(Rules(name, {kind: counts[kind] for kind in STRONGEST_FIRST}))
    return tuple(found)


def _taken(organization: Organization) -> Iterator[tuple[ControlId, ControlDecision]]:
    for account in organization.accounts:
        yield from account.decisions.items()


def _rank(decision: ControlDecision) -> tuple[int, date]:
    return STRONGEST_FIRST.index(decision.decision), decision.decided_on


def _months(until: date, months: int) -> Iterator[tuple[date, str]]:
    """The first day of the next month, and the month's name, the oldest first."""
    number = until.year * 12 + until.month - 1
    for each in range(number - months + 1, number + 1):
        after = each + 1
        yield date(after // 12, after % 12 + 1, 1), f"{each // 12}-{each % 12 + 1:02}"
