"""How many controls are detected, remediated or switched off, month by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from orchestrator.model.names import ControlId
from orchestrator.model.organization import Organization
from orchestrator.model.settings import ControlDecision, DecisionKind

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
