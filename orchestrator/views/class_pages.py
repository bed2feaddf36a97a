"""Plan classes as text for a terminal, and as Markdown that fits a pull request's comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from orchestrator.model.plan import Change
from orchestrator.model.run import Outcome, Run
from orchestrator.views.classes import PlanClass, classes, summary, usual
from orchestrator.views.escape import code
from orchestrator.views.fitting import Detail, Kind, LeftOut, Section, fit

LIMIT = 65_536
"""Of a comment's body. Source: GitHub's answer to a longer one, "body is too long (maximum is
65536 characters)"; bytes are counted here, which are never fewer."""
RESERVE = 700
NAMES = 5
"""So many names stand in a headline; all the others below it."""
NAMES_A_LINE = 20
NAME_BYTES, CHANGE_BYTES, REASON_BYTES = 64, 300, 1000
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


def _text_of(found: PlanClass, most: PlanClass) -> Iterator[str]:
    yield f"{_who(found)}  {found.like.outcome}  {found.headline}".rstrip()
    names = [key.account_name for key in found.members]
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    yield f"    in {', '.join(names[:NAMES])}{more}"
    with_whom, lines = _compared(found, most)
    yield from (f"    {line}" for line in (*filter(None, [with_whom]), *lines))
    yield from (f"    {line}" for reason in found.reasons for line in reason.splitlines())


def _compared(found: PlanClass, most: PlanClass) -> tuple[str, tuple[str, ...]]:
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
    return with_whom, (*(f"here {line}" for line in here), *(f"not {line}" for line in absent))


def _line(found: PlanClass, most: PlanClass, change: Change, differing: set[Change]) -> str:
    names = found.other_values(change, most) if change in differing else ()
    return change_line(change) + (f", with other {', '.join(names)}" if names else "")


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
    head = [f"### {run.command}: {counts}", "", *lines, *([""] if lines else [])]
    sections = [_section(each, most[each.like.stack]) for each in found]
    return fit(head, sections, lambda left: _tail(left, run.id), LIMIT - room, RESERVE)


def _section(found: PlanClass, most: PlanClass) -> Section:
    names = [code(key.account_name, NAME_BYTES) for key in found.members]
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    what = f", {found.headline}" if found.headline else ""
    headline = f"- **{_who(found)} {found.like.outcome}{what}**: {', '.join(names[:NAMES])}{more}"
    with_whom, lines = _compared(found, most)
    details = (
        *(Detail(Kind.REASON, f"  - {code(reason, REASON_BYTES)}") for reason in found.reasons),
        *(Detail(Kind.CHANGE, f"  - {code(who, CHANGE_BYTES)}", 0) for who in [with_whom] if who),
        *(Detail(Kind.CHANGE, f"  - {code(line, CHANGE_BYTES)}") for line in lines),
        *_names(names[NAMES:]),
    )
    return Section(headline, details, len(found.members))


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
