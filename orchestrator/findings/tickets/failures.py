"""What fails, by control and account, in the table: what a ticket is made of at the next tick.

A failure has an item of its own, and each control in an account one that says what its ticket is.
The last counts changes; a ticket has been brought up to date as of a number of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from orchestrator.findings.finding import Finding, Severity
from orchestrator.findings.messages.message import Message
from orchestrator.findings.table import Item, Key, Table
from orchestrator.findings.tickets.ticket import Failure, failure, key_of

TICKETS = "tickets"
MOST_FAILURES = 500
"""Counted for one ticket. More than that is still one ticket."""
MOST_TICKETS = 20_000
LEASE = Key("tickets lease", "tick")
PAUSES = "tickets pause"


@dataclass(frozen=True, slots=True)
class Head:
    """A ticket as it is known here. Times are UTC, ISO 8601; '' for never."""

    account: str
    control: str
    team: str
    changes: int = 0
    """How often something has changed about what fails."""
    synced: int = 0
    """The count of changes that the ticket shows."""
    looked: str = ""
    """When the ticket was last looked at."""
    home: str = ""
    place: str = ""
    digest: str = ""
    count: int = 0
    """How many resources it says fail."""
    closed: str = ""
    """When it was first seen to be closed by hand."""
    problem: str = ""
    failed: int = 0
    """How often in a row it could not be brought up to date."""
    again: str = ""
    """Until when it rests after that."""

    @property
    def key(self) -> str:
        return key_of(self.account, self.control)


class Failures:
    """What fails, and the tickets about it, for `keep_days` after the last change."""

    def __init__(self, table: Table, keep_days: int) -> None:
        self._table = table
        self._keep = timedelta(days=keep_days)

    def add(self, message: Message, finding: Finding, now: datetime) -> None:
        """Note that a resource fails."""
        place = Key(_partition(finding), finding.key)
        while True:
            there = self._table.get(place)
            before = _failure(there.data) if there else None
            noted = _noted(failure(message, finding), before, now)
            if not self._put(place, noted.document(), there, now):
                continue
            if before is None or before.news != noted.news:
                self._changed(finding, message.team, now)
            return

    def remove(self, finding: Finding, now: datetime) -> None:
        """Note that a resource fails no more, unless a newer update says that it does."""
        place = Key(_partition(finding), finding.key)
        while there := self._table.get(place):
            if datetime.fromisoformat(there.data["updated"]) > finding.updated:
                return
            if self._table.delete(place, there.version):
                self._changed(finding, "", now)
                return

    def of(self, head: Head) -> dict[str, Failure]:
        """What fails now, by the findings' keys."""
        items = self._table.query(f"{TICKETS} {head.key}", MOST_FAILURES)
        return {item.key.sk: _failure(item.data) for item in items}

    def heads(self) -> tuple[tuple[Head, int], ...]:
        """Every ticket, each with the version by which `drop` knows it."""
        items = self._table.query(TICKETS, MOST_TICKETS)
        return tuple((_head(item.data), item.version) for item in items)

    def change(self, head: Head, change: Callable[[Head], Head], now: datetime) -> None:
        """Change what is known of a ticket, as it is now."""
        place = Key(TICKETS, head.key)
        while there := self._table.get(place):
            if self._put(place, asdict(change(_head(there.data))), there, now):
                return

    def drop(self, head: Head, version: int) -> None:
        """Forget a ticket, unless something has changed meanwhile."""
        self._table.delete(Key(TICKETS, head.key), version)

    def lease(self, until: datetime, now: datetime) -> bool:
        """Whether no other tick is at the tickets; it is ours until `until` then."""
        there = self._table.get(LEASE)
        if there and there.data["until"] and datetime.fromisoformat(there.data["until"]) > now:
            return False
        return self._put(LEASE, {"until": until.isoformat()}, there, now)

    def release(self, now: datetime) -> None:
        there = self._table.get(LEASE)
        self._put(LEASE, {"until": ""}, there, now)

    def pause(self, home: str, until: datetime, now: datetime) -> None:
        """Ask a tracker nothing until then."""
        place = Key(PAUSES, home)
        self._put(place, {"until": until.isoformat()}, self._table.get(place), now)

    def paused(self, home: str, now: datetime) -> bool:
        there = self._table.get(Key(PAUSES, home))
        return there is not None and datetime.fromisoformat(there.data["until"]) > now

    def _changed(self, finding: Finding, team: str, now: datetime) -> None:
        """`team` is '' if the ticket's stays."""
        place = Key(TICKETS, key_of(finding.account, finding.control))
        while True:
            there = self._table.get(place)
            if there is None and not team:
                return
            known = _head(there.data) if there else Head(finding.account, finding.control, team)
            head = replace(known, changes=known.changes + 1, team=team or known.team)
            if self._put(place, asdict(head), there, now):
                return

    def _put(self, key: Key, data: dict[str, Any], there: Item | None, now: datetime) -> bool:
        expires = int((now + self._keep).timestamp())
        return self._table.put(Item(key, data, there.version if there else 0), expires)


def _noted(noted: Failure, before: Failure | None, now: datetime) -> Failure:
    """As bad as any standard calls it, for as long as it fails: each may call it otherwise."""
    if before is None:
        return replace(noted, since=now.isoformat())
    worst = max(noted.severity, before.severity, key=Severity.named)
    return replace(noted, since=before.since, severity=worst)


def _failure(data: Mapping[str, Any]) -> Failure:
    """Also as an older version, or a newer one, has kept it."""
    return Failure(**{name: data.get(name, "") for name in Failure.__slots__})


def _head(data: Mapping[str, Any]) -> Head:
    return Head(**{name: value for name, value in data.items() if name in Head.__slots__})


def _partition(finding: Finding) -> str:
    return f"{TICKETS} {key_of(finding.account, finding.control)}"
