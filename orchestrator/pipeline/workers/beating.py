"""Saying that an item is being worked on, and hearing whether it still should be."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from orchestrator.errors import AwsDenied
from orchestrator.model.submission import Cancelled
from orchestrator.ports.workers import Delivery, RunRecords, WorkQueue

log = logging.getLogger(__name__)
TICK = 0.2
MISSED = 4
"""So many heartbeats may be late before the message is anybody's."""


@dataclass(frozen=True, slots=True)
class Beat:
    """Seconds between two heartbeats, and what they are told to."""

    queue: WorkQueue
    records: RunRecords
    seconds: float

    @property
    def kept(self) -> int:
        """For how long a heartbeat keeps the message to itself."""
        return max(1, round(self.seconds * MISSED))


class Beating:
    """A thread that beats for one delivery. `stop` is set when nothing new may begin for it.

    That is when the run was called off, when nobody waits for the answer any more, or when the
    worker itself is `leaving`.
    """

    def __init__(self, beat: Beat, delivery: Delivery, leaving: threading.Event) -> None:
        self._beat, self._delivery, self._leaving = beat, delivery, leaving
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=str(delivery.item))
        self.stop = threading.Event()
        self.cancelled: Cancelled | None = None
        self.awaited = True

    def __enter__(self) -> Beating:
        self.now()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def now(self) -> None:
        """Beat, and look. What cannot be told now may be the next time."""
        try:
            self._tell()
        except AwsDenied as denied:
            log.warning("%s: no heartbeat: %s", self._delivery.item, denied.message)
        if self.cancelled or not self.awaited or self._leaving.is_set():
            self.stop.set()

    def _tell(self) -> None:
        if self.awaited:
            self.awaited = self._beat.queue.heartbeat(self._delivery)
        self._beat.queue.keep(self._delivery, self._beat.kept)
        self.cancelled = self.cancelled or self._beat.records.cancelled(self._delivery.item.run)

    def _run(self) -> None:
        last = time.monotonic()
        while not self._ended.wait(TICK):
            if self._leaving.is_set():
                self.stop.set()
            if time.monotonic() - last >= self._beat.seconds:
                last = time.monotonic()
                self.now()
