"""What rules match in a lake: once for each rule, actor, account and day."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from orchestrator.logs.event import Event
from orchestrator.logs.investigate.principals import Principals, Who
from orchestrator.logs.lake.question import Anything, Calls, Lake, Question, Window
from orchestrator.logs.rules.record import as_word, record, values
from orchestrator.logs.rules.sigma import Count, Rule

PAGE = 20_000
"""Events that are asked for at once; what a lake holds beyond them is asked for next."""


@dataclass(frozen=True, slots=True)
class Detection:
    """Events that one rule matched, of one actor, in one account, on one day (UTC)."""

    rule: Rule
    who: Who
    account: str
    day: date
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Detected:
    """`looked_at` counts the events that were tested; `notes` say what the lake cannot see."""

    window: Window
    rules: int
    looked_at: int
    detections: tuple[Detection, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an account's Security Hub has taken of a request; by id, why not what it refused."""

    account: str
    taken: int
    refused: Mapping[str, str]


def detect(lake: Lake, rules: Sequence[Rule], window: Window, page: int = PAGE) -> Detected:
    """Ask the lake once for the calls that any rule is about, and test each rule on each event."""
    matched: dict[str, list[Event]] = {rule.uid: [] for rule in rules}
    looked_at = 0
    for event in _events(lake, rules, window, page):
        looked_at += 1
        seen = record(event)
        for rule in rules:
            if (not rule.calls or event.name in rule.calls) and rule.test(seen):
                matched[rule.uid].append(event)
    principals = Principals(lake)
    detections = [
        each
        for rule in rules
        for each in _by_actor(rule, _counted(rule.count, matched[rule.uid]), principals)
    ]
    detections.sort(key=lambda each: (each.events[0].time, each.rule.title))
    return Detected(window, len(rules), looked_at, tuple(detections), lake.limits)


def _events(lake: Lake, rules: Sequence[Rule], window: Window, page: int) -> Iterator[Event]:
    """All events that a rule may match, page after page; the last moment of a page is asked again.

    A moment with more events than a page holds is asked for with a larger page.
    """
    everything = not all(rule.calls for rule in rules)
    names = tuple(sorted({name for rule in rules for name in rule.calls}))
    about = Anything() if everything else Calls(names)
    start, limit, known = window.start, page, frozenset[str]()
    while rules:
        answer = lake.ask(Question(about, Window(start, window.end), limit=limit))
        yield from (each for each in answer.events if each.uid not in known)
        if not answer.more:
            return
        last = answer.events[-1].time
        limit = limit * 2 if last == start else page
        start, known = last, frozenset(each.uid for each in answer.events if each.time == last)


def _counted(count: Count | None, events: list[Event]) -> Iterable[Event]:
    """Those that are enough of a group within the time; all where nothing is counted."""
    if count is None:
        return events
    groups: dict[tuple[str, ...], list[tuple[Event, str]]] = {}
    for event in events:
        seen = record(event)
        key = tuple(_text(seen, field) for field in count.group)
        groups.setdefault(key, []).append((event, _text(seen, count.distinct)))
    return [event for group in groups.values() for event in _enough(count, group)]


def _text(seen: object, field: str) -> str:
    return "\n".join(as_word(each) for each in values(seen, field)) if field else ""


def _enough(count: Count, group: list[tuple[Event, str]]) -> list[Event]:
    found: dict[str, Event] = {}
    recent: deque[tuple[Event, str]] = deque()
    for event, value in group:
        recent.append((event, value))
        while event.time - recent[0][0].time > count.within:
            recent.popleft()
        many = len({v for _, v in recent}) if count.distinct else len(recent)
        if many >= count.least:
            found |= {each.uid: each for each, _ in recent}
    return sorted(found.values(), key=lambda each: (each.time, each.uid))


def _by_actor(rule: Rule, events: Iterable[Event], principals: Principals) -> Iterator[Detection]:
    groups: dict[tuple[str, str, date], list[Event]] = {}
    whose: dict[str, Who] = {}
    for event in events:
        who = principals.behind(event)
        whose[who.name] = who
        day = event.time.astimezone(UTC).date()
        groups.setdefault((who.name, event.account, day), []).append(event)
    for (name, account, day), found in groups.items():
        yield Detection(rule, whose[name], account, day, tuple(found))
