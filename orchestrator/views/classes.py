"""Stacks that would see the same, as one: hundreds of plans are read as the few that differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from orchestrator.documents.run import changes_of
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.plan import Change, Own, ValueChange
from orchestrator.model.run import WORST_FIRST, Outcome, Run, StackResult
from orchestrator.views.markdown import Detail, Kind, LeftOut, Section, code, fit, plain

HANDFUL = 5
"""So many stacks are still read one by one."""


Values: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Normalized:
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

    like: Normalized
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
    members: dict[Normalized, list[StackResult]] = {}
    for result in results:
        members.setdefault(normalized(result), []).append(result)
    return tuple(sorted((_class(like, alike) for like, alike in members.items()), key=_order))


def _class(like: Normalized, alike: Sequence[StackResult]) -> PlanClass:
    reasons = tuple(reasons_of(alike[0])) if len(alike) == 1 else like.reasons
    return PlanClass(like, tuple(result.key for result in alike), reasons)


def normalized(result: StackResult) -> Normalized:
    """What `result` has in common with those of its class."""
    own = Own(result.key.account_id, result.key.account_name)
    neutral = [(_neutral(change, own), change.normalized) for change in changes_of(result)]
    reasons = tuple(own.neutral(reason) for reason in reasons_of(result))
    outputs = result.plan is not None and result.plan.outputs_change
    return Normalized(result.key.stack, result.outcome, tuple(sorted(neutral)), outputs, reasons)


def _neutral(change: Change, own: Own) -> Change:
    values = tuple(
        ValueChange(own.neutral(v.path), own.neutral(v.before), own.neutral(v.after))
        for v in change.values
    )
    return replace(change, address=own.neutral_address(change.address), values=values)


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


LIMIT = 65_536
"""Of a comment's body. Source: GitHub's answer to a longer one, "body is too long (maximum is
65536 characters)"; bytes are counted here, which are never fewer."""
RESERVE = 700
NAMES = 5
"""So many names stand in a headline; all the others below it."""
NAMES_A_LINE = 20
NAME_BYTES, CHANGE_BYTES, VALUE_BYTES, REASON_BYTES = 64, 300, 700, 1000
SHOWN = (Outcome.PLANNED, Outcome.REFUSED, Outcome.DRIFTED)
SIGNS = {
    "create": "+",
    "update": "~",
    "delete": "-",
    "replace": "-/+",
    "forget": ".",
    "import": "<",
}


def text(run: Run) -> str:
    """The classes, each with its changes once; those that differ from most say in what."""
    found = classes(run.results)
    most = usual(found)
    lines = [line for each in found for line in _text_of(each, most[each.like.stack])]
    return "\n".join([*lines, "", *summary(found)])


WIDE = 76
"""Characters of a line; what is longer has its values on lines of their own."""


def value_lines(change: Change) -> Iterator[str]:
    """What differs, in Terraform's look: `~ days = 30 -> 90`; what is long on several lines."""
    for value in change.values:
        path, before, after = plain(value.path), plain(value.before), plain(value.after)
        if before and after:
            line = f"~ {path} = {before} -> {after}"
            yield from (
                [line] if len(line) <= WIDE else [f"~ {path}", f"    - {before}", f"    + {after}"]
            )
        elif before:
            yield f"- {path} = {before}"
        else:
            yield f"+ {path} = {after or 'null'}"
    if change.more:
        yield f"  and {change.more} values more"


def _text_of(found: PlanClass, most: PlanClass) -> Iterator[str]:
    yield f"{_who(found)}  {found.like.outcome}  {found.headline}".rstrip()
    names = [key.account_name for key in found.members]
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    yield f"    in {', '.join(names[:NAMES])}{more}"
    with_whom, lines = _compared(found, most)
    if with_whom:
        yield f"    {with_whom}"
    for line, values in lines:
        yield f"    {line}"
        yield from (f"        {value}" for value in values)
    yield from (f"    {line}" for reason in found.reasons for line in reason.splitlines())


Lines: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Changes on a line each, and below each the values that differ."""


def _compared(found: PlanClass, most: PlanClass) -> tuple[str, Lines]:
    """All changes, or where that is shorter, how they differ from what most stacks see.

    What they are compared with comes first, '' where nothing is.
    """
    if found.like.outcome not in SHOWN:
        return "", ()
    more, less = set(found.beyond(most)), set(most.beyond(found))
    if found is most or len(more) + len(less) >= len(found.changes):
        return "", tuple(_line(found, most, change, more & less) for change in found.changes)
    here = (_line(found, most, c, more & less) for c in found.changes if c in more)
    absent = (change_line(change) for change in most.changes if change in less - more)
    count = len(most.members)
    with_whom = f"as in {f'{count} others' if count > 1 else most.members[0].account_name}, but"
    return with_whom, (
        *((f"here {line}", values) for line, values in here),
        *((f"not {line}", ()) for line in absent),
    )


def _line(
    found: PlanClass, most: PlanClass, change: Change, differing: set[Change]
) -> tuple[str, tuple[str, ...]]:
    names = found.other_values(change, most) if change in differing else ()
    line = change_line(change) + (f", with other {', '.join(names)}" if names else "")
    return line, tuple(value_lines(change))


def change_line(change: Change) -> str:
    """One change on one line, with the names of what differs."""
    what = f" ({', '.join(change.attributes)})" if change.attributes else ""
    return f"{SIGNS[change.action]} {change.address}{what}"


def markdown(run: Run, room: int = 0) -> str:
    """At most 65,536 bytes without `room`; what is left out is counted at the end."""
    found = classes(run.results)
    most = usual(found)
    counted = Counter(result.outcome for result in run.results)
    counts = ", ".join(f"{counted[o]} {o}" for o in Outcome if counted[o]) or "nothing to do"
    lines = [f"- {line}" for line in summary(found)]
    head = [f"### {run.command}: {counts}", "", *overrides(run), *lines, *([""] if lines else [])]
    sections = [_section(each, most[each.like.stack]) for each in found]
    return fit(head, sections, lambda left: _tail(left, run.id), LIMIT - room, RESERVE)


def overrides(run: Run) -> list[str]:
    """What of the project's own stands in the product's place, for those who review it."""
    if not run.overrides:
        return []
    names = [code(name, NAME_BYTES) for name in run.overrides[:NAMES]]
    more = f" and {len(run.overrides) - NAMES} more" if len(run.overrides) > NAMES else ""
    return [f"With overrides: {', '.join(names)}{more}", ""]


def _section(found: PlanClass, most: PlanClass) -> Section:
    names = [code(key.account_name, NAME_BYTES) for key in found.members]
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    what = f", {found.headline}" if found.headline else ""
    headline = f"- **{_who(found)} {found.like.outcome}{what}**: {', '.join(names[:NAMES])}{more}"
    with_whom, lines = _compared(found, most)
    details = (
        *(Detail(Kind.REASON, f"  - {code(reason, REASON_BYTES)}") for reason in found.reasons),
        *(Detail(Kind.CHANGE, f"  - {code(who, CHANGE_BYTES)}", 0) for who in [with_whom] if who),
        *_changes(lines),
        *_names(names[NAMES:]),
    )
    return Section(headline, details, len(found.members))


def _changes(lines: Lines) -> Iterator[Detail]:
    for line, values in lines:
        yield Detail(Kind.CHANGE, f"  - {code(line, CHANGE_BYTES)}")
        yield from (
            Detail(Kind.VALUE, f"    - {code(value, VALUE_BYTES)}", 0 if value[0] == " " else 1)
            for value in values
        )


def _names(names: Sequence[str]) -> Iterable[Detail]:
    for start in range(0, len(names), NAMES_A_LINE):
        chunk = names[start : start + NAMES_A_LINE]
        yield Detail(Kind.NAME, f"  - also {', '.join(chunk)}", len(chunk))


def _who(found: PlanClass) -> str:
    count = len(found.members)
    return f"{count} {found.like.stack} {'stack' if count == 1 else 'stacks'}"


def _tail(left: LeftOut, run: str) -> str:
    parts = [_counted(left.sections, "class", "classes") + f" with {left.stacks} stacks"]
    parts = parts if left.sections else []
    parts += [_counted(n, str(kind), f"{kind}s") for kind, n in sorted(left.details.items()) if n]
    where = code(f".orchestrator/runs/{run}.json", 200)
    return f"\nLeft out, to fit into a comment: {', '.join(parts)}. All of it is in {where}."


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
