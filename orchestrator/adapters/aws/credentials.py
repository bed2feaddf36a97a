"""Temporary keys as a value."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Credentials:
    """Keys that AWS gave for a while. Printing them shows which, never what they are.

    `expires` is None for keys whose end is not known: those the caller came with.
    """

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)
    expires: datetime | None = None


EARLY = timedelta(minutes=10)
"""Keys that end sooner are not handed out any more: an apply may take as long."""

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


class Kept:
    """Threads that want the same keys wait for the first; those that want others do not."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._keys: dict[Hashable, Credentials] = {}
        self._locks: defaultdict[Hashable, threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    def fresh(self, name: Hashable, ask: Callable[[], Credentials]) -> Credentials:
        """What was kept under `name`, or what `ask` gives. A refusal is not kept."""
        with self._guard:
            lock = self._locks[name]
        with lock:
            kept = self._keys.get(name)
            if kept is None or (kept.expires and kept.expires - EARLY <= self._clock()):
                kept = self._keys[name] = ask()
            return kept
