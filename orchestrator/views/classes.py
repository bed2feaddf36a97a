"""Stacks that would see the same, as one: hundreds of plans are read as the few that differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from orchestrator.model.likeness import Own
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.plan import Change
from orchestrator.model.run import WORST_FIRST, Outcome, StackResult

HANDFUL = 5
"""So many stacks are still read one by one."""


Values: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What stacks of one class have in common, without ids and names of accounts."""

    stack: StackName
    outcome: Outcome
    changes: tuple[tuple[Change, Values], ...]
    """With digests of their values, which changes do not compare themselves."""
    outputs_change: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanClass:
    """Stacks that would see the same, in the order of the run.

    `reasons` are those of the only member in its own words, or else without ids and names.
    """

    like: Likeness
    members: tuple[StackKey, ...]
    reasons: tuple[str, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(change for change, _ in self.like.changes)

    @property
    def headline(self) -> str:
        """'14 create, 1 update', or why there is nothing to count."""
        seen = Counter(change.action for change in self.changes)
        counted = [f"{count} {action}" for action, count in sorted(seen.items())]
        if self.like.outputs_change and not counted:
            counted = ["only outputs change"]
        return ", ".join(counted)

    def beyond(self, other: PlanClass) -> tuple[Change, ...]:
        """The changes that `other` has not, or has with other values."""
        theirs = set(other.like.changes)
        return tuple(pair[0] for pair in self.like.changes if pair not in theirs)

    def other_values(self, change: Change, other: PlanClass) -> tuple[str, ...]:
        """The names of the values that `other` has differently in the same change."""
        ours, theirs = (dict(dict(each.like.changes).get(change, ())) for each in (self, other))
        return tuple(n for n in sorted({*ours, *theirs}) if ours.get(n) != theirs.get(n))


def classes(results: Iterable[StackResult]) -> tuple[PlanClass, ...]:
    """The classes of `results`: what went wrong first, then the largest first."""
    members: dict[Likeness, list[StackResult]] = {}
    for result in results:
        members.setdefault(likeness(result), []).append(result)
    return tuple(sorted((_class(like, alike) for like, alike in members.items()), key=_order))


def _class(like: Likeness, alike: Sequence[StackResult]) -> PlanClass:
    reasons = tuple(reasons_of(alike[0])) if len(alike) == 1 else like.reasons
    return PlanClass(like, tuple(result.key for result in alike), reasons)


def likeness(result: StackResult) -> Likeness:
    """What `result` has in common with those of its class."""
    own = Own(result.key.account_id, result.key.account_name)
    neutral = [
        (replace(change, address=own.neutral_address(change.address)), change.likeness)
        for change in changes_of(result)
    ]
    reasons = tuple(own.neutral(reason) for reason in reasons_of(result))
    outputs = result.plan is not None and result.plan.outputs_change
    return Likeness(result.key.stack, result.outcome, tuple(sorted(neutral)), outputs, reasons)


def numbered_values(results: Iterable[StackResult]) -> Mapping[StackKey, tuple[int, ...]]:
    """For each change of a stack a number from 0 on, the same where change and values are equal.

    So others can tell classes apart without the digests of values, which are not for them.
    """
    seen: dict[Change, list[Values]] = {}
    numbers = {}
    for result in results:
        own = Own(result.key.account_id, result.key.account_name)
        found = []
        for change in changes_of(result):
            known = seen.setdefault(
                replace(change, address=own.neutral_address(change.address)), []
            )
            if change.likeness not in known:
                known.append(change.likeness)
            found.append(known.index(change.likeness))
        numbers[result.key] = tuple(found)
    return numbers


def changes_of(result: StackResult) -> tuple[Change, ...]:
    """What would change, or what others have changed."""
    if result.plan is None:
        return ()
    return result.plan.drift if result.outcome is Outcome.DRIFTED else result.plan.changes


def reasons_of(result: StackResult) -> Iterator[str]:
    """Why it did not go through."""
    if result.verdict is not None:
        yield from result.verdict.reasons
    if result.reason:
        yield result.reason


def usual(found: Sequence[PlanClass]) -> dict[StackName, PlanClass]:
    """For each kind of stack the class that most are in, with which the others are compared."""
    largest: dict[StackName, PlanClass] = {}
    for each in found:
        known = largest.setdefault(each.like.stack, each)
        if (bool(each.changes), len(each.members)) > (bool(known.changes), len(known.members)):
            largest[each.like.stack] = each
    return largest


def summary(found: Sequence[PlanClass]) -> Iterator[str]:
    """'478 account stacks: the same 14 create; 2 differ', a line for each kind of stack."""
    for stack, most in usual(found).items():
        total = sum(len(each.members) for each in found if each.like.stack is stack)
        differ = total - len(most.members)
        others = f"; {differ} differ{'s' if differ == 1 else ''}" if differ else ""
        what = most.headline or str(most.like.outcome)
        if len(most.members) > 1:
            yield f"{len(most.members)} {stack} stacks: the same {what}{others}"


def _order(found: PlanClass) -> tuple[int, int, str]:
    outcome = found.like.outcome
    trouble = WORST_FIRST.index(outcome) if outcome in WORST_FIRST else len(WORST_FIRST)
    return trouble, -len(found.members), found.like.stack
