"""What an ingest has done, in numbers that must add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counts:
    """`read` is how many records came in: each is an event or quarantined."""

    files: int = 0
    known: int = 0
    """Files, or beginnings of files, that an earlier ingest had read."""
    read: int = 0
    events: Counter[str] = field(default_factory=Counter)
    """By class."""
    quarantined: Counter[str] = field(default_factory=Counter)
    """By reason."""
    flagged: Counter[str] = field(default_factory=Counter)
    """Events whose clock cannot be right, by what is wrong with it."""

    @property
    def total(self) -> int:
        return self.events.total()

    @property
    def lost(self) -> int:
        """Records that are neither: always 0, or it is a bug of ours."""
        return self.read - self.total - self.quarantined.total()

    def add(self, other: Counts) -> None:
        self.files += other.files
        self.known += other.known
        self.read += other.read
        self.events += other.events
        self.quarantined += other.quarantined
        self.flagged += other.flagged


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that is no event, where it stood and why."""

    file: str
    line: int
    """Of its first line, from 1 where reading began; 0 for a whole file."""
    reason: str
    raw: str


def by_reason(records: Iterable[Quarantined]) -> Counter[str]:
    return Counter(each.reason for each in records)
