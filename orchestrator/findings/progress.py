"""What has been done about a finding so far, and whether an event means anything new.

One state for each key (account, region, control, resource). An event claims it before anything is
done, for as long as its invocation can live; what another one holds is not touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from orchestrator.findings.finding import Finding, Severity, kept
from orchestrator.findings.table import Item, Key, Table

ZERO = timedelta()
ECHO = timedelta(minutes=5)
"""Both hubs tell of one change, and may give it times that differ by so much.

A change that is not the same is not lost: the hub whose news was acted on tells of it, too.
"""
FLAPPING = timedelta(days=1)
"""Fixes of a resource that passes in between still count together for so long."""


class Progress(StrEnum):
    """How far it got."""

    OPEN = "open"
    """Begun, and not finished: an event that comes again goes on with it."""
    HELD = "held"
    """Waits for the budget of another hour."""
    ON_ITS_WAY = "on its way"
    """Fixed; AWS shows it later, and it is looked at again with what is held."""
    DUE = "due"
    """Its team was told when it will be fixed, unless it is excepted."""
    NOTIFIED = "told"
    FIXED = "fixed"
    FAILING = "failing"
    """Fixed or tried, and it still fails."""
    UNDONE = "undone"
    """Undone by a person, or about to be; stays so until the resource passes, or a person asks
    again."""
    CLOSED = "closed"
    """Passes, is archived, or a person has resolved or suppressed it."""


@dataclass(frozen=True, slots=True)
class State:
    """`updated` is the last update of the finding that was acted on."""

    status: Progress
    updated: datetime
    attempts: int = 0
    attempted: datetime | None = None
    record: str = ""
    notified: str = ""
    """What the team was last told, so that it is not told twice."""
    severity: str = Severity.INFORMATIONAL.name
    """How bad it was when the team was told; each standard may call it otherwise."""
    first: datetime | None = None
    """When its team was first told of the day on which it will be fixed."""
    asked: str = ""
    holder: str = ""
    """The message whose invocation works on it."""
    until: datetime | None = None
    """When that invocation is over, however it went."""
    v2: bool = False
    """Whether the update that was acted on came in OCSF."""


class Claim(StrEnum):
    """What an event may do."""

    TAKEN = "taken"
    DUPLICATE = "duplicate"
    LATE = "late"
    """An older update, that comes after a newer one."""
    BUSY = "busy"
    """Another invocation works on it; come again."""


@dataclass(frozen=True, slots=True)
class Message:
    """The queue's message that brought an event, and when this invocation ends at the latest."""

    id: str
    until: datetime
    waited: bool = False
    """Whether it brings a finding that was held until now."""


def claim(
    state: State | None, finding: Finding, message: Message, now: datetime
) -> tuple[Claim, State | None]:
    """Whether to act, and the state to write before that; None if there is nothing to write."""
    if state is None:
        opened = State(Progress.OPEN, finding.updated, v2=finding.v2)
        return Claim.TAKEN, _held(opened, finding, message)
    repeated = _repeated(state, finding)
    if state.until and now < state.until:
        other = repeated is not None and state.holder != message.id
        return (repeated or Claim.BUSY) if other else Claim.BUSY, None
    waits = state.status in (Progress.HELD, Progress.ON_ITS_WAY, Progress.DUE)
    goes_on = state.status is Progress.OPEN or (waits and message.waited)
    if repeated is Claim.LATE or (repeated and not goes_on):
        return repeated, None
    return Claim.TAKEN, _held(_again(state, finding, now), finding, message)


def _repeated(state: State, finding: Finding) -> Claim | None:
    """DUPLICATE or LATE, if the state knows of this update already.

    Without consolidated findings each standard has a finding of its own about the same control and
    resource. What AWS judged before the last attempt says nothing of it.
    Source: AWS Security Hub User Guide, "Consolidated control findings".
    """
    if finding.asked:
        return Claim.DUPLICATE if finding.asked == state.asked else None
    if finding.updated < state.updated:
        return Claim.LATE
    if state.attempted and finding.updated < state.attempted:
        return Claim.DUPLICATE
    echo = ECHO if finding.v2 is not state.v2 else ZERO
    return Claim.DUPLICATE if finding.updated - state.updated <= echo else None


def _again(state: State, finding: Finding, now: datetime) -> State:
    rested = state.attempted is None or now - state.attempted > FLAPPING
    passed = state.status is Progress.CLOSED
    fresh = bool(finding.asked) or (passed and rested)
    return replace(
        state,
        updated=max(state.updated, finding.updated),
        v2=finding.v2,
        attempts=0 if fresh else state.attempts,
        notified="" if passed or finding.asked else state.notified,
        severity=Severity.INFORMATIONAL.name if passed or finding.asked else state.severity,
        first=None if passed else state.first,
        record=state.record if state.status in (Progress.OPEN, Progress.ON_ITS_WAY) else "",
        status=Progress.OPEN if state.status is not Progress.UNDONE or fresh else Progress.UNDONE,
    )


def _held(state: State, finding: Finding, message: Message) -> State:
    return replace(
        state, holder=message.id, until=message.until, asked=finding.asked or state.asked
    )


BELATED = timedelta(hours=1)
"""So long after an undo a finding may still tell what AWS saw before it: that the resource passes.

AWS looks at a resource again within a day, so that what passes then is not missed.
"""


def closed(state: State, finding: Finding) -> State | None:
    """The state once `finding` says that it is over; None if that changes nothing."""
    if finding.ours or finding.updated < state.updated or state.status is Progress.CLOSED:
        return None
    if state.status is Progress.UNDONE and finding.updated - state.updated < BELATED:
        return None
    return replace(state, status=Progress.CLOSED, updated=finding.updated, notified="")


def awaits(state: State, record: str) -> bool:
    """Whether the state has not heard yet what became of the record."""
    return state.record == record and state.status in (Progress.OPEN, Progress.ON_ITS_WAY)


def resumed(state: State, record: str, message: Message, now: datetime) -> State | None:
    """The state in the hands of `message`; None if it is in others'."""
    if not awaits(state, record) or (state.until and now < state.until):
        return None
    return replace(state, holder=message.id, until=message.until)


def released(state: State, status: Progress) -> State:
    """The state when the work on it has ended."""
    return replace(state, status=status, holder="", until=None)


HELD = "held"
DUE = "due"
TIMES = ("updated", "attempted", "until", "first")


class States:
    """What has been done about each finding. `now` is the clock, `new_id` names records."""

    def __init__(self, table: Table, keep_days: int) -> None:
        self._table = table
        self._keep = timedelta(days=keep_days)

    def claim(
        self,
        finding: Finding,
        message: Message,
        now: datetime,
        new_id: Callable[[Finding, datetime, int], str],
    ) -> tuple[Claim, State | None]:
        """Whether to act, and the state that is now ours, with the id of its record."""
        while True:
            item = self._table.get(_key(finding.key))
            before = _state(item.data) if item else None
            answer, state = claim(before, finding, message, now)
            if state is None:
                return answer, None
            if not state.record:
                state = replace(state, record=new_id(finding, now, state.attempts))
            if self._put(finding.key, state, item, now):
                return answer, state

    def finish(self, key: str, state: State, status: Progress, now: datetime) -> None:
        """Give the state back, as it is now."""
        self.change(key, lambda current: _merged(current, state, status), now)

    def close(self, finding: Finding, now: datetime) -> bool:
        """Note that the finding is over; whether that changes its state."""
        return self.change(finding.key, lambda state: closed(state, finding), now)

    def change(self, key: str, change: Callable[[State], State | None], now: datetime) -> bool:
        """Change a state that is there; whether there was something to change."""
        while True:
            item = self._table.get(_key(key))
            state = change(_state(item.data)) if item else None
            if state is None:
                return False
            if self._put(key, state, item, now):
                return True

    def resume(self, key: str, record: str, message: Message, now: datetime) -> bool:
        """Take the state to look at its fix again; False while another invocation has it."""
        return self.change(key, lambda state: resumed(state, record, message, now), now)

    def hold_for_undo(
        self, key: str, record: str, message: Message, now: datetime
    ) -> tuple[bool, State]:
        """Let nothing fix it by itself from now on; False while another invocation is at it.

        And the state before, for the case that nothing is undone.
        """
        while True:
            item = self._table.get(_key(key))
            state = _state(item.data) if item else State(Progress.NOTIFIED, now)
            if state.until and now < state.until and state.holder != message.id:
                return False, state
            held = replace(
                state,
                status=Progress.UNDONE,
                updated=max(state.updated, now),
                attempted=now,
                record=record,
                holder=message.id,
                until=message.until,
            )
            if self._put(key, held, item, now):
                return True, released(state, state.status)

    def get(self, key: str) -> State | None:
        """The state of a finding, by its key."""
        item = self._table.get(_key(key))
        return _state(item.data) if item else None

    def _put(self, key: str, state: State, item: Item | None, now: datetime) -> bool:
        version = item.version if item else 0
        expires = int((now + self._keep).timestamp())
        return self._table.put(Item(_key(key), _data(state), version), expires)

    def hold(self, finding: Finding, now: datetime) -> None:
        """Keep the finding until there is a budget again."""
        key = Key(HELD, finding.key)
        while True:
            there = self._table.get(key)
            item = Item(key, finding.document(), there.version if there else 0)
            if self._table.put(item, int((now + timedelta(days=7)).timestamp())):
                return

    def held(self, most: int) -> tuple[tuple[Finding, int], ...]:
        """Findings that wait, each with the version by which `drop` knows it."""
        return tuple((kept(item.data), item.version) for item in self._table.query(HELD, most))

    def remind(self, finding: Finding, on: datetime) -> None:
        """Keep the finding as it is now until a moment; one that is kept until then is replaced."""
        key = Key(DUE, f"{on:%Y%m%dT%H%M}#{finding.key}")
        while True:
            there = self._table.get(key)
            item = Item(key, finding.document(), there.version if there else 0)
            if self._table.put(item, int((on + timedelta(days=30)).timestamp())):
                return

    def due(self, now: datetime, most: int) -> tuple[tuple[Finding, Item], ...]:
        """Findings whose moment has come, the earliest first, each with what `forget` takes."""
        items = self._table.query(DUE, most)
        until = f"{now:%Y%m%dT%H%M}"
        return tuple((kept(each.data), each) for each in items if each.key.sk[:13] <= until)

    def forget(self, item: Item) -> None:
        """Keep it no more, unless it has been replaced meanwhile."""
        self._table.delete(item.key, item.version)

    def drop(self, finding: Finding, version: int) -> None:
        """Keep it no more, unless it has been held again meanwhile."""
        self._table.delete(Key(HELD, finding.key), version)


def _merged(current: State, ours: State, status: Progress) -> State:
    """What has been closed meanwhile, by a newer update, stays closed."""
    if current.updated > ours.updated:
        return released(replace(ours, updated=current.updated), current.status)
    return released(ours, status)


def _key(key: str) -> Key:
    return Key(f"finding#{key}", "state")


def _data(state: State) -> dict[str, Any]:
    times = {name: getattr(state, name) for name in TIMES}
    texts = {name: time.isoformat() if time else None for name, time in times.items()}
    return {**asdict(state), **texts, "status": state.status.value}


def _state(data: Mapping[str, Any]) -> State:
    times = {name: datetime.fromisoformat(data[name]) if data.get(name) else None for name in TIMES}
    return State(**{**data, **times, "status": Progress(data["status"])})
