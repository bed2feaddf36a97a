"""Fixes that AWS is still applying: when each is looked at again.

A fix of a slow resource is put down here before it begins, so that it is not forgotten when the
function dies, and is looked at after ever longer pauses until it has settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from orchestrator.findings.finding import Finding, kept
from orchestrator.findings.table import Item, Key, Table

PARTITION = "rechecks"
FIRST, LONGEST = timedelta(minutes=2), timedelta(hours=1)
KEPT = timedelta(days=7)
"""Longer than any fix is waited for."""


def pause(looks: int) -> timedelta:
    """How long after a look the next one is: twice as long each time, an hour at most."""
    doubled: timedelta = FIRST * (1 << min(looks, 10))
    return min(doubled, LONGEST)


@dataclass(frozen=True, slots=True)
class Recheck:
    """A fix that has not settled. `looks` is how often it was looked at."""

    record: str
    finding: Finding
    due: datetime
    looks: int = 0
    version: int = 0


class Rechecks:
    """What has not settled, in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, finding: Finding, record: str, now: datetime) -> None:
        """Look at it in a while, unless that is planned already."""
        self._write(Recheck(record, finding, now + pause(0)), now)

    def again(self, waiting: Recheck, now: datetime) -> None:
        """Look at it once more, after a longer pause."""
        looks = waiting.looks + 1
        due = now + pause(looks)
        later = Recheck(waiting.record, waiting.finding, due, looks, waiting.version)
        self._write(later, now)

    def _write(self, waiting: Recheck, now: datetime) -> None:
        data = {
            "finding": waiting.finding.document(),
            "due": waiting.due.isoformat(),
            "looks": waiting.looks,
        }
        item = Item(Key(PARTITION, waiting.record), data, waiting.version)
        self._table.put(item, int((now + KEPT).timestamp()))

    def drop(self, record: str) -> None:
        """It has settled, or nobody waits for it any more."""
        self._table.delete(Key(PARTITION, record))

    def due(self, now: datetime, most: int) -> tuple[Recheck, ...]:
        """Those to be looked at now, the longest overdue first."""
        found = (_waiting(item) for item in self._table.query(PARTITION, 10_000))
        ready = sorted((each for each in found if each.due <= now), key=lambda each: each.due)
        return tuple(ready[:most])


def _waiting(item: Item) -> Recheck:
    data: Mapping[str, Any] = item.data
    due = datetime.fromisoformat(data["due"])
    return Recheck(item.key.sk, kept(data["finding"]), due, data["looks"], item.version)
