"""A drift check's results, as what people are told of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from orchestrator.model.drift import DriftEvent, DriftNotification, Move, Step, Ticket
from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome, StackResult
from orchestrator.views.classes import PlanClass, change_line, classes
from orchestrator.views.markdown import code

UNSEEN = (Outcome.DENIED, Outcome.FAILED)
"""Nothing is known of such a stack, which is told as loudly as drift."""
SHOWN_CHANGES, SHOWN_STACKS = 50, 200
"""A ticket has an end; the run's own result has everything."""
PREFIX = "drift"


def notifications(results: Iterable[StackResult]) -> tuple[DriftNotification, ...]:
    """One for each class of drift, and one for each reason why stacks could not be looked at."""
    return tuple(notification for _, notification in by_class(results))


def by_class(results: Iterable[StackResult]) -> tuple[tuple[PlanClass, DriftNotification], ...]:
    """The same, each with the class that it is about."""
    told = [r for r in results if r.outcome is Outcome.DRIFTED or r.outcome in UNSEEN]
    return tuple((each, _notification(each)) for each in classes(told))


def looked(results: Sequence[StackResult], keys: Iterable[str], complete: bool) -> frozenset[str]:
    """The tickets that this check may close.

    Only a check of everything, in which each stack was looked at, can say that a class is over:
    else it may live on in a stack that was left out.
    """
    unseen = any(r.outcome in (*UNSEEN, Outcome.INTERRUPTED) for r in results)
    return frozenset(keys) if complete and not unseen else frozenset()


def _notification(found: PlanClass) -> DriftNotification:
    return DriftNotification(_key(found), _title(found), "\n".join(_body(found)))


def _key(found: PlanClass) -> str:
    """By what has changed and how, never by whose account it is or what the value is.

    Values may be drawn anew in every account and at every change; the same attribute of the same
    resource is the same thing to talk about.
    """
    what = [str(found.like.stack), str(found.like.outcome)]
    what += [json.dumps([c.address, c.action, c.attributes]) for c in found.changes]
    if found.like.outcome in UNSEEN:
        what += found.like.reasons
    return f"{PREFIX}-{hashlib.sha256('|'.join(what).encode()).hexdigest()[:12]}"


def _title(found: PlanClass) -> str:
    count = len(found.members)
    whose = found.members[0].account_name if count == 1 else f"{count} accounts"
    if found.like.outcome in UNSEEN:
        return f"{whose}: {found.like.stack} could not be checked for drift"
    first = found.changes[0].address.rpartition("module.")[2] if found.changes else "outputs"
    more = f" and {len(found.changes) - 1} more" if len(found.changes) > 1 else ""
    return f"{whose}: {first}{more} changed outside of Terraform"


def _body(found: PlanClass) -> Iterator[str]:
    if found.like.outcome in UNSEEN:
        yield "AWS or Terraform did not let us look, so nothing is known of these stacks."
        yield ""
        yield from (f"- {code(reason, 500)}" for reason in found.reasons[:SHOWN_CHANGES])
    else:
        yield "A person or a tool has changed what Terraform declares:"
        yield ""
        yield from (f"- {code(change_line(c), 500)}" for c in found.changes[:SHOWN_CHANGES])
        yield from _rest(len(found.changes) - SHOWN_CHANGES, "changes")
        yield ""
        yield "To put it right, apply the stacks; to keep it, change the configuration."
    yield ""
    yield from (f"- {_stack(key)}" for key in found.members[:SHOWN_STACKS])
    yield from _rest(len(found.members) - SHOWN_STACKS, "stacks")


def _rest(more: int, noun: str) -> Iterator[str]:
    if more > 0:
        yield f"- and {more} more {noun}"


def _stack(key: StackKey) -> str:
    return f"{code(key.account_name)} {key.account_id}, {key.stack}"


def steps(
    found: Iterable[DriftNotification], tickets: Mapping[str, Ticket], looked: frozenset[str]
) -> tuple[Step, ...]:
    """Nothing for a ticket that says already what is found.

    `looked` are the keys about which the check can say that they are over: a ticket about what was
    not looked at stays open.
    """
    by_key = {notification.key: notification for notification in found}
    opened = [Step(Move.OPEN, k, n, None) for k, n in by_key.items() if k not in tickets]
    known = [(n, tickets[k]) for k, n in by_key.items() if k in tickets]
    changed = [Step(Move.UPDATE, n.key, n, t) for n, t in known if n.digest != t.digest]
    over = [
        Step(Move.CLOSE, key, None, ticket)
        for key, ticket in tickets.items()
        if key not in by_key and key in looked
    ]
    return (*opened, *changed, *over)


Calls = Mapping[StackKey, Sequence[DriftEvent]]
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
    for found, notification in by_class(results):
        ticket = tickets.get(notification.key)
        new = [(key, each) for key in found.members for each in calls.get(key, ())]
        new = [pair for pair in new if pair[1].uid not in told]
        if ticket is None:
            yield Step(Move.OPEN, notification.key, notification, None, _remark(new))
        elif new:
            yield Step(Move.REMARK, notification.key, notification, ticket, _remark(new))


def _remark(calls: Sequence[tuple[StackKey, DriftEvent]]) -> str:
    more = len(calls) - SHOWN
    lines = [_line(key, each) for key, each in calls[:SHOWN]]
    return "\n".join([*lines, *([f"- and {more} more calls"] if more > 0 else [])])


def _line(key: StackKey, drift_event: DriftEvent) -> str:
    where = f"{code(key.account_name)} {key.account_id}, {drift_event.region}"
    source = f", from {code(drift_event.source)}" if drift_event.source else ""
    return (
        f"- {code(drift_event.who, 200)} called {code(drift_event.call)} "
        f"at {drift_event.at:%Y-%m-%d %H:%M:%S} UTC in {where}{source}, "
        f"as {code(drift_event.through, 200)}"
    )


__all__ = ["notifications", "steps"]
