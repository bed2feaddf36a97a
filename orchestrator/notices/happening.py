"""Drift that has just been made, as what people are told of it: who did it, by which call, when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from orchestrator.model.names import StackKey
from orchestrator.model.notice import Move, Step, Ticket
from orchestrator.model.run import StackResult
from orchestrator.model.suspect import Heard
from orchestrator.notices.gathering import by_class
from orchestrator.views.escape import code

Calls = Mapping[StackKey, Sequence[Heard]]
SHOWN = 20
"""Calls of one remark; people who script make many."""


def happened(
    results: Iterable[StackResult],
    calls: Calls,
    tickets: Mapping[str, Ticket],
    told: frozenset[str],
) -> tuple[Step, ...]:
    """A ticket for each class that has none, and a remark where there is one already.

    The ticket itself is what a drift check would write, so that the next check has nothing to
    change. `told` are ids of events that have been told there before.
    """
    return tuple(_steps(results, calls, tickets, told))


def _steps(
    results: Iterable[StackResult],
    calls: Calls,
    tickets: Mapping[str, Ticket],
    told: frozenset[str],
) -> Iterator[Step]:
    for found, notice in by_class(results):
        ticket = tickets.get(notice.key)
        new = [(key, each) for key in found.members for each in calls.get(key, ())]
        new = [pair for pair in new if pair[1].uid not in told]
        if ticket is None:
            yield Step(Move.OPEN, notice.key, notice, None, _remark(new))
        elif new:
            yield Step(Move.REMARK, notice.key, notice, ticket, _remark(new))


def _remark(calls: Sequence[tuple[StackKey, Heard]]) -> str:
    more = len(calls) - SHOWN
    lines = [_line(key, each) for key, each in calls[:SHOWN]]
    return "\n".join([*lines, *([f"- and {more} more calls"] if more > 0 else [])])


def _line(key: StackKey, heard: Heard) -> str:
    where = f"{code(key.account_name)} {key.account_id}, {heard.region}"
    source = f", from {code(heard.source)}" if heard.source else ""
    return (
        f"- {code(heard.who, 200)} called {code(heard.call)} at {heard.at:%Y-%m-%d %H:%M:%S} UTC"
        f" in {where}{source}, as {code(heard.through, 200)}"
    )
