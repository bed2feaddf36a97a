"""Which tickets to open, to write anew, and to close. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.model.notice import Move, Notice, Step, Ticket


def steps(
    found: Iterable[Notice], tickets: Mapping[str, Ticket], looked: frozenset[str]
) -> tuple[Step, ...]:
    """Nothing for a ticket that says already what is found.

    `looked` are the keys about which the check can say that they are over: a ticket about what was
    not looked at stays open.
    """
    by_key = {notice.key: notice for notice in found}
    opened = [Step(Move.OPEN, k, n, None) for k, n in by_key.items() if k not in tickets]
    known = [(n, tickets[k]) for k, n in by_key.items() if k in tickets]
    changed = [Step(Move.UPDATE, n.key, n, t) for n, t in known if n.digest != t.digest]
    over = [
        Step(Move.CLOSE, key, None, ticket)
        for key, ticket in tickets.items()
        if key not in by_key and key in looked
    ]
    return (*opened, *changed, *over)
