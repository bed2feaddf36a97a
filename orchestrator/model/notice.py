"""What people are told about drift, once and not again until it changes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Notice:
    """One ticket's worth. `key` stays the same for as long as it is about the same thing."""

    key: str
    title: str
    body: str
    """Markdown; every value in it is escaped."""

    @property
    def digest(self) -> str:
        """Of what it says: the same digest, nothing new."""
        return hashlib.sha256(f"{self.title}\n{self.body}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A notice that was opened. `place` is what the system that holds it calls it."""

    key: str
    place: str
    digest: str
    title: str


class Move(StrEnum):
    OPEN = "open"
    UPDATE = "update"
    REMARK = "remark"
    """Say something more; what the ticket says stays as it is."""
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done about one ticket. `ticket` is None for one that is opened.

    `remark` is said once, beside what the ticket says: Markdown, too.
    """

    move: Move
    key: str
    notice: Notice | None
    ticket: Ticket | None
    remark: str = ""
