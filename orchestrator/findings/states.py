"""The states of findings in the table, and the findings that wait for another hour's budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from orchestrator.findings.finding import Finding, kept
from orchestrator.findings.state import Claim, Message, State, Status, claim, closed, released
from orchestrator.findings.table import Item, Key, Table

HELD = "held"
TIMES = ("updated", "attempted", "until")


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

    def finish(self, key: str, state: State, status: Status, now: datetime) -> None:
        """Give the state back, as it is now."""
        self.change(key, lambda current: _merged(current, state, status), now)

    def close(self, finding: Finding, now: datetime) -> bool:
        """Note that the finding is over; whether that was news."""
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

    def drop(self, finding: Finding, version: int) -> None:
        """Keep it no more, unless it has been held again meanwhile."""
        self._table.delete(Key(HELD, finding.key), version)


def _merged(current: State, ours: State, status: Status) -> State:
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
    times = {name: datetime.fromisoformat(data[name]) if data[name] else None for name in TIMES}
    return State(**{**data, **times, "status": Status(data["status"])})
