"""A hunt's answer: the events in order, who and what stands out in them, and how to go on."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from orchestrator.logs.event import Event
from orchestrator.logs.hunt.questions import Hunt
from orchestrator.logs.investigate.acts import taken_from
from orchestrator.logs.investigate.principals import HOPS, is_ours
from orchestrator.logs.lake.question import By, Lake, Question, Scope, Window

MOST = 200_000
"""Events of one answer. More is said, never left out in silence."""

BEFORE = timedelta(days=30)
"""So far back it is looked whether something was seen already."""

DENIED = ("AccessDenied", "UnauthorizedOperation", "Unauthorized", "Denied", "NotAuthorized")


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the answer."""

    event: Event
    who: str
    """In short: a user's or a session's name, with the role it is in."""
    outcome: str
    """'ok', 'denied' or 'failed'."""
    hop: int = 0
    """How many roles lie between the one who was asked for and this call."""
    notes: tuple[str, ...] = ()
    ours: bool = False
    """Whether one of our own roles made the call."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A value of the answer: how many events have it, and when it was first and last seen."""

    value: str
    count: int
    failed: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Hunted:
    """`more` says that there are more events than were taken; counts are of those that were."""

    hunt: Hunt
    value: str
    window: Window
    lines: tuple[Line, ...]
    summaries: Mapping[str, tuple[Seen, ...]]
    """By what is counted: 'who', 'call', 'from' and so on, the most frequent first."""
    more: bool = False
    limits: tuple[str, ...] = ()
    next: tuple[str, ...] = field(default=())
    """Commands that go on from here."""


def hunt(
    lake: Lake,
    asked: Hunt,
    value: str,
    window: Window,
    scope: Scope,
    again: tuple[str, ...] = (),
) -> Hunted:
    """Ask `lake`; `again` are the options by which the next command asks the same one.

    Raises UsageError for a value that the question does not take.
    """
    wide = Window(window.start - BEFORE, window.end) if asked.new else window
    answer = lake.ask(Question(asked.about(value), wide, scope, MOST))
    hops = dict.fromkeys((event.uid for event in answer.events), 0)
    events, more = list(answer.events), answer.more
    if asked.chained:
        more = _follow(lake, events, hops, window) or more
    ordered = sorted(events, key=lambda each: (each.time, each.uid))
    noted = _new(ordered) if asked.new else {}
    lines = tuple(
        _line(each, hops.get(each.uid, 0), noted.get(each.uid, ()))
        for each in ordered
        if each.time in window
    )
    found = Hunted(asked, value, window, lines, _summaries(lines), more, tuple(lake.limits))
    return replace(found, next=tuple(_next(found, again)))


def _follow(lake: Lake, events: list[Event], hops: dict[str, int], window: Window) -> bool:
    """Add what was done with the sessions that these events gave; whether something was cut off."""
    known: set[str] = set()
    last, more = list(events), False
    for hop in range(1, HOPS + 1):
        asked = taken_from(last, known)
        if asked == By():
            return more
        known |= {*asked.arns, *asked.access_keys, *asked.names}
        answer = lake.ask(Question(asked, window, Scope(), MOST))
        last = [each for each in answer.events if each.uid not in hops]
        hops |= {each.uid: hop for each in last}
        events += last
        more = more or answer.more
    return more


def _line(event: Event, hop: int, notes: tuple[str, ...]) -> Line:
    return Line(event, short(event), outcome(event), hop, notes, is_ours(event.actor))


def short(event: Event) -> str:
    """Who it was, in few words; never empty."""
    actor = event.actor
    if actor.session_name:
        return f"{actor.session_name} as {actor.role}" if actor.role else actor.session_name
    if actor.kind == "Root":
        return f"root of {actor.account}"
    return actor.name or actor.arn or actor.principal_id or actor.invoked_by or "unknown"


def outcome(event: Event) -> str:
    """Whether the call was carried out."""
    if not event.error:
        return "ok"
    return "denied" if any(word in event.error for word in DENIED) else "failed"


def _new(events: Iterable[Event]) -> Mapping[str, tuple[str, ...]]:
    """What each event is the first of: of a network, and of an agent, for its principal."""
    seen: set[tuple[str, str, str]] = set()
    found: dict[str, tuple[str, ...]] = {}
    for each in events:
        notes = []
        for kind, value in (("network", network(each.source)), ("agent", each.agent)):
            key = (short(each), kind, value)
            if value and key not in seen:
                notes.append(
                    f"first from {value}" if kind == "network" else "first with this agent"
                )
            seen.add(key)
        if each.actor.mfa is False and not each.error:
            notes.append("no MFA")
        found[each.uid] = tuple(notes)
    return found


def network(address: str) -> str:
    """The network an address is of: /24, or /48 of IPv6; what is no address stays as it is."""
    try:
        size = 24 if ip_address(address).version == 4 else 48
        return str(ip_network(f"{address}/{size}", strict=False))
    except ValueError:
        return address


COUNTED: Mapping[str, Callable[[Line], Iterable[str]]] = {
    "who": lambda line: (line.who,),
    "call": lambda line: (line.event.name,),
    "from": lambda line: (line.event.source,),
    "agent": lambda line: (line.event.agent,),
    "account": lambda line: (line.event.account,),
    "region": lambda line: (line.event.region,),
    "error": lambda line: (line.event.error,),
    "access key": lambda line: (line.event.actor.access_key,),
    "resource": lambda line: line.event.resources,
}


def _summaries(lines: tuple[Line, ...]) -> Mapping[str, tuple[Seen, ...]]:
    found = {}
    for name, values in COUNTED.items():
        groups: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            for value in dict.fromkeys(filter(None, values(line))):
                groups[value].append(line)
        seen = [_seen(value, some) for value, some in groups.items()]
        found[name] = tuple(sorted(seen, key=lambda each: (-each.count, each.value)))
    return found


def _seen(value: str, lines: list[Line]) -> Seen:
    failed = sum(line.outcome != "ok" for line in lines)
    return Seen(value, len(lines), failed, lines[0].event.time, lines[-1].event.time)


def _next(found: Hunted, again: tuple[str, ...]) -> Iterator[str]:
    """One command for the most frequent value of each kind that another question takes."""
    known = {found.value}
    summaries = found.summaries
    start, end = (f"{each:%Y-%m-%dT%H:%M:%S}" for each in (found.window.start, found.window.end))
    for kind, name in (("who", "principal"), ("from", "ip"), ("access key", "access-key")):
        for seen in summaries[kind][:2]:
            value = seen.value.partition(" as ")[0] if kind == "who" else seen.value
            if value in known or (kind == "from" and not network(value).partition("/")[1]):
                continue
            known.add(value)
            words = ("orchestrator", "hunt", name, value, "--from", start, "--to", end)
            yield shlex.join((*words, *again))
    for seen in summaries["resource"][:2]:
        if seen.value.startswith("arn:") and seen.value not in known:
            yield shlex.join(("orchestrator", "investigate", seen.value, *again))
