"""What happens to one item, told where it outlives the worker."""

from __future__ import annotations

import logging
import threading

from orchestrator.errors import AwsDenied
from orchestrator.model.events import Event, StageStarted
from orchestrator.model.journal import Entry
from orchestrator.model.submission import Item
from orchestrator.ports import Clock
from orchestrator.ports.workers import RunRecords

log = logging.getLogger(__name__)


class Noting:
    """See events.Tell. That an apply has begun is written down before it begins."""

    def __init__(self, records: RunRecords, worker: str, item: Item, clock: Clock) -> None:
        self._records, self._worker, self._item, self._clock = records, worker, item, clock
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        with self._lock:
            self._entries.append(Entry(self._clock(), event))
        if isinstance(event, StageStarted) and event.stage == "apply":
            self.keep()

    def keep(self) -> None:
        """What cannot be written is said, and the work goes on."""
        with self._lock:
            entries = tuple(self._entries)
        try:
            self._records.note(self._worker, self._item, entries)
        except AwsDenied as denied:
            log.warning("%s: its journal is not written: %s", self._item, denied.message)
