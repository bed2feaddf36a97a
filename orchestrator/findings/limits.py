"""What holds remediations back: the hour's budget, the kill switch, and circuit breakers.

A control has a circuit breaker. Too many failures, undos or wanted fixes open it. An open breaker
lets nothing through for a while, then one fix to try; it closes if that one succeeds. The rules are
pure; counters and breakers stand in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from orchestrator.findings.errors import AwsError, Retry, code
from orchestrator.findings.matrix import Rules
from orchestrator.findings.table import Item, Key, Table

ATTEMPTS = 6
"""Two invocations at the same counter: one of them tries again."""


HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
STAMP = "%Y%m%d%H%M"


def keys(control: str, account: str) -> tuple[Key, ...]:
    """The counters that one fix adds to, the narrowest first."""
    names = (f"control#{control.lower()}", f"account#{account}", "total")
    return tuple(Key("budget", name) for name in names)


def recent(minutes: Mapping[str, int], now: datetime) -> Mapping[str, int]:
    """What a counter has counted in the last hour, by minute.

    A minute counts until all of it is more than an hour ago, so that no hour, wherever it begins,
    has more fixes than the budget. Another machine's clock may be ahead: its minutes count.
    """
    return {
        stamp: count
        for stamp, count in minutes.items()
        if now - datetime.strptime(stamp, STAMP).replace(tzinfo=UTC) < HOUR + MINUTE
    }


def exceeded(index: int, control: str, account: str, rules: Rules) -> str:
    """What is used up, as a sentence."""
    whose = (f"of {control}", f"in {account}", "in the organization")
    return f"the {_most(rules)[index]} fixes an hour {whose[index]} are used up"


def _most(rules: Rules) -> tuple[int, int, int]:
    return rules.control_per_hour, rules.account_per_hour, rules.total_per_hour


class Budget:
    """Counts fixes of the last hour, in the table. `sleep` waits for seconds."""

    def __init__(self, table: Table, rules: Rules, sleep: Callable[[float], None]) -> None:
        self._table = table
        self._rules = rules
        self._sleep = sleep

    def take(self, control: str, account: str, now: datetime) -> str:
        """Count one fix; why not, '' if there was still one left. Raises Retry."""
        now = now.astimezone(UTC)
        expires = int((now + 3 * HOUR).timestamp())
        for attempt in range(ATTEMPTS):
            counters = [self._table.get(key) or Item(key, {}) for key in keys(control, account)]
            counted = [recent(counter.data, now) for counter in counters]
            for index, most in enumerate(_most(self._rules)):
                if sum(counted[index].values()) >= most:
                    return exceeded(index, control, account, self._rules)
            if self._table.put_all(list(map(_one_more(now), counters, counted)), expires):
                return ""
            self._sleep(0.05 * 2**attempt)
        raise Retry("the budget's counters are busy")


def _one_more(now: datetime) -> Callable[[Item, Mapping[str, int]], Item]:
    stamp = f"{now:{STAMP}}"

    def add(counter: Item, counted: Mapping[str, int]) -> Item:
        return replace(counter, data={**counted, stamp: counted.get(stamp, 0) + 1})

    return add


SECONDS = 5
"""How long an answer is believed."""


class KillSwitch:
    """Reads the parameter when asked, at most every few seconds. `clock` counts seconds."""

    def __init__(self, client: Any, name: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._name = name
        self._clock = clock
        self._read_at: float | None = None
        self._reason = ""

    def reason(self) -> str:
        """Why nothing may be fixed; '' if the switch is on. What cannot be read is off."""
        now = self._clock()
        if self._read_at is None or now - self._read_at >= SECONDS:
            self._reason = self._ask()
            self._read_at = now
        return self._reason

    def _ask(self) -> str:
        try:
            value = self._client.get_parameter(Name=self._name)["Parameter"]["Value"]
        except AwsError as error:
            return f"the kill switch {self._name} cannot be read ({code(error)})"
        if value.strip().lower() == "on":
            return ""
        return f"the kill switch {self._name} is off"


SURGE = 5
"""So many times the hour's budget wanted within the minutes is not an accident of one team."""


class Event(StrEnum):
    """What a breaker counts."""

    FIXED = "fixed"
    FAILURE = "failures"
    UNDO = "undos"
    HELD = "held"
    """A fix that was wanted, and for which the budget had nothing left."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """Times of what is counted, oldest first. Closed if `opened` is None."""

    failures: tuple[datetime, ...] = ()
    undos: tuple[datetime, ...] = ()
    held: tuple[datetime, ...] = ()
    opened: datetime | None = None
    why: str = ""
    tried: datetime | None = None
    """When the one fix that tries an open breaker was let through."""


def noted(breaker: Breaker, event: Event, now: datetime, rules: Rules) -> Breaker:
    """The breaker after `event`."""
    window = timedelta(minutes=rules.minutes)
    if event is Event.FIXED:
        return Breaker() if breaker.opened and breaker.tried else breaker
    most = _most_of(event, rules)
    times = (*(t for t in getattr(breaker, event) if now - t < window), now)[-most:]
    counted = _counted(breaker, event, times)
    if event is not Event.HELD and breaker.opened and breaker.tried:
        return replace(counted, opened=now, tried=None)
    if len(times) >= most and not breaker.opened:
        return replace(counted, opened=now, tried=None, why=_why(event, most, rules.minutes))
    return counted


def _counted(breaker: Breaker, event: Event, times: tuple[datetime, ...]) -> Breaker:
    if event is Event.FAILURE:
        return replace(breaker, failures=times)
    return replace(breaker, undos=times) if event is Event.UNDO else replace(breaker, held=times)


def _most_of(event: Event, rules: Rules) -> int:
    known = {Event.FAILURE: rules.failures, Event.UNDO: rules.undos}
    return known.get(event) or max(1, SURGE * rules.control_per_hour)


def _why(event: Event, most: int, minutes: int) -> str:
    words = {
        Event.FAILURE: f"{most} fixes failed within {minutes} minutes",
        Event.UNDO: f"{most} fixes were taken back within {minutes} minutes",
        Event.HELD: f"{most} fixes more than the budget were wanted within {minutes} minutes",
    }
    return words[event]


def admits(breaker: Breaker, now: datetime, rules: Rules) -> tuple[str, Breaker]:
    """Why a fix is not let through, '' if it is; and the breaker after it was asked."""
    if breaker.opened is None:
        return "", breaker
    window = timedelta(minutes=rules.minutes)
    rested = now - breaker.opened >= window
    if rested and (breaker.tried is None or now - breaker.tried >= window):
        return "", replace(breaker, tried=now)
    return f"the circuit breaker is open: {breaker.why}", breaker


class Breakers:
    """The breakers of all controls, in the table."""

    def __init__(self, table: Table, rules: Rules) -> None:
        self._table = table
        self._rules = rules

    def reason(self, control: str, now: datetime) -> str:
        """Why nothing of this control may be fixed; '' if it may."""
        return self._change(control, now, lambda breaker: admits(breaker, now, self._rules))

    def peek(self, control: str, now: datetime) -> str:
        """The same, without taking the one try that an open breaker grants."""
        return admits(self.state(control), now, self._rules)[0]

    def note(self, control: str, event: Event, now: datetime) -> bool:
        """Count `event`; whether the breaker has opened by it."""
        opened = self._change(control, now, lambda breaker: self._noted(breaker, event, now))
        return bool(opened)

    def _noted(self, breaker: Breaker, event: Event, now: datetime) -> tuple[str, Breaker]:
        after = noted(breaker, event, now, self._rules)
        return (after.why if after.opened != breaker.opened and after.opened else ""), after

    def state(self, control: str) -> Breaker:
        """The breaker of a control."""
        item = self._table.get(_key(control))
        return _breaker(item.data) if item else Breaker()

    def close(self, control: str) -> None:
        """Forget everything: a person has looked."""
        self._table.delete(_key(control))

    def _change(
        self, control: str, now: datetime, change: Callable[[Breaker], tuple[str, Breaker]]
    ) -> str:
        expires = int((now + timedelta(days=7)).timestamp())
        while True:
            item = self._table.get(_key(control))
            before = _breaker(item.data) if item else Breaker()
            said, after = change(before)
            if after == before:
                return said
            version = item.version if item else 0
            if self._table.put(Item(_key(control), _data(after), version), expires):
                return said


def _key(control: str) -> Key:
    return Key("breakers", control.lower())


def _data(breaker: Breaker) -> dict[str, Any]:
    return {
        "failures": [moment.isoformat() for moment in breaker.failures],
        "undos": [moment.isoformat() for moment in breaker.undos],
        "held": [moment.isoformat() for moment in breaker.held],
        "opened": breaker.opened.isoformat() if breaker.opened else None,
        "tried": breaker.tried.isoformat() if breaker.tried else None,
        "why": breaker.why,
    }


def _breaker(data: Any) -> Breaker:
    def moment(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    return Breaker(
        failures=tuple(map(datetime.fromisoformat, data["failures"])),
        undos=tuple(map(datetime.fromisoformat, data["undos"])),
        held=tuple(map(datetime.fromisoformat, data["held"])),
        opened=moment(data["opened"]),
        tried=moment(data["tried"]),
        why=data["why"],
    )
