"""May this plan be applied? Pure: the same plan, violations, rules and day give the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fnmatch import fnmatchcase

from orchestrator.model.plan import Action, Plan, Verdict, Violation
from orchestrator.model.settings import FailOn, Gate, Limits, Severity, Skip

WORSE = tuple(Severity)
REMOVES = (Action.DELETE, Action.REPLACE, Action.FORGET)


def decide(
    plan: Plan,
    violations: Iterable[Violation],
    gate: Gate,
    today: date,
    only: frozenset[str] = frozenset(),
) -> Verdict:
    """Approve the plan's digest, or say every reason why it may not be applied.

    `only` are the addresses that it may change, where not all are meant.
    """
    reasons = (
        *_violated(violations, gate, today),
        *_over_limits(plan, gate.limits),
        *_protected(plan, gate),
        *_beyond(plan, only),
    )
    return Verdict(None if reasons else plan.digest, reasons)


def _violated(violations: Iterable[Violation], gate: Gate, today: date) -> Iterator[str]:
    for violation in sorted(violations, key=_by_check):
        if not _counts(violation, gate.fail_on):
            continue
        skips = [skip for skip in gate.skips.items() if _covers(skip[1], violation)]
        if any(skip.expires >= today for _, skip in skips):
            continue
        expired = "".join(f"; skip '{name}' expired on {skip.expires}" for name, skip in skips)
        yield f"checkov: {violation}{expired}"


def _by_check(violation: Violation) -> tuple[str, str]:
    return violation.check, violation.resource


def _counts(violation: Violation, fail_on: FailOn) -> bool:
    """A check nobody has rated counts as the worst: unknown is never harmless."""
    if fail_on.checks.get(violation.check) or violation.severity is None:
        return True
    return WORSE.index(violation.severity) >= WORSE.index(fail_on.severity)


def _covers(skip: Skip, violation: Violation) -> bool:
    return skip.check == violation.check and fnmatchcase(violation.resource, skip.resource)


def _over_limits(plan: Plan, limits: Limits) -> Iterator[str]:
    counted = (
        ("destroys", plan.count(Action.DELETE, Action.FORGET), limits.destroys),
        ("replaces", plan.count(Action.REPLACE), limits.replaces),
        ("changes", len(plan.changes), limits.changes),
    )
    for verb, count, limit in counted:
        if count > limit:
            noun = "resource" if count == 1 else "resources"
            yield f"{verb} {count} {noun}, limit is {limit}"


def _protected(plan: Plan, gate: Gate) -> Iterator[str]:
    for change in plan.changes:
        if change.action in REMOVES and gate.protected.get(change.type):
            yield f"{change.action}s {change.address}: {change.type} is protected"


def _beyond(plan: Plan, only: frozenset[str]) -> Iterator[str]:
    for change in plan.changes:
        if only and change.address not in only:
            yield f"{change.action}s {change.address}: only the drift is to be put right"
