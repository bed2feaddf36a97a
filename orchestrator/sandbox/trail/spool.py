"""Calls that wait for their records, in a file, so that they take no memory however many."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from orchestrator.sandbox.trail.record import Seen

NAME = "trail.spool"


class Spool:
    """First in, first out. What is taken is gone; only this process reads what it wrote."""

    def __init__(self, home: Path) -> None:
        self._file = home / NAME
        self._lock = threading.Lock()
        self._stream: BinaryIO | None = None
        self._clear()

    def put(self, seen: Seen) -> None:
        """A few microseconds: nothing is made of the call yet."""
        data = pickle.dumps(seen, pickle.HIGHEST_PROTOCOL)
        with self._lock:
            if self._stream is None:
                self._file.touch(mode=0o600)
                self._stream = self._file.open("ab")
            self._stream.write(data)

    def take(self) -> Iterator[Seen]:
        """All that waits, oldest first; what comes meanwhile waits for the next time."""
        taken = self._file.with_suffix(".taken")
        with self._lock:
            if self._stream is None:
                return
            self._stream.close()
            self._stream = None
            self._file.replace(taken)
        with taken.open("rb") as stream:
            while stream.peek(1):
                yield pickle.load(stream)  # noqa: S301  our own file, in our own folder
        taken.unlink(missing_ok=True)

    def forget(self) -> None:
        """Nothing waits any more."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        self._file.unlink(missing_ok=True)
