"""An account held for one item, from before its plan until after its check."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace

from orchestrator.errors import AccountBusy, AwsDenied, Interrupted
from orchestrator.model.events import Entry, Event, StageStarted, Waiting
from orchestrator.model.lease import LENGTH
from orchestrator.model.names import StackKey
from orchestrator.model.submission import Cancelled, Item
from orchestrator.ports import Clock, Ports
from orchestrator.ports.workers import Delivery, RunRecords, WorkQueue

log = logging.getLogger(__name__)
PAUSE = 5.0
PATIENCE = LENGTH.total_seconds() + 120.0
"""Seconds after which the lease of a worker that was lost has run out."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """See ports.AccountLocks: the account is held already."""

    confirm: Callable[[StackKey], None]

    def hold(self, _key: StackKey) -> AbstractContextManager[None]:
        return nullcontext()

    def tidy(self, _key: StackKey) -> None:
        """To claim the account was to take over what had been left."""


@contextmanager
def claimed(
    key: StackKey, ports: Ports, pause: float = PAUSE, patience: float = PATIENCE
) -> Iterator[Ports]:
    """Wait until nobody else is in the account; the ports for those who hold it.

    The holder may be a worker that was lost, or one that is slow and has the same item.
    Raises AccountBusy when that takes too long, and Interrupted when the run is being stopped.
    """
    with ExitStack() as held:
        waited = 0.0
        while True:
            try:
                held.enter_context(ports.locks.hold(key))
                break
            except AccountBusy as busy:
                if waited >= patience:
                    raise
                if not waited:
                    log.warning("%s: %s", key, busy.message)
                    ports.emit(Waiting(busy.message, patience))
            if ports.rest(pause):
                raise Interrupted("the run was stopped")
            waited += pause
        yield replace(ports, locks=Claimed(ports.locks.confirm))


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


class Heartbeat:
    """A thread that beats for one delivery. `stop` is set when nothing new may begin for it.

    That is when the run was called off, when nobody waits for the answer any more, or when the
    worker itself is `draining`.
    """

    def __init__(self, beat: Beat, delivery: Delivery, draining: threading.Event) -> None:
        self._beat, self._delivery, self._draining = beat, delivery, draining
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=str(delivery.item))
        self.stop = threading.Event()
        self.cancelled: Cancelled | None = None
        self.awaited = True

    def __enter__(self) -> Heartbeat:
        self.now()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def now(self) -> None:
        """Beat, and look. What cannot be told now may be the next time."""
        try:
            self._emit()
        except AwsDenied as denied:
            log.warning("%s: no heartbeat: %s", self._delivery.item, denied.message)
        if self.cancelled or not self.awaited or self._draining.is_set():
            self.stop.set()

    def _emit(self) -> None:
        if self.awaited:
            self.awaited = self._beat.queue.heartbeat(self._delivery)
        self._beat.queue.keep(self._delivery, self._beat.kept)
        self.cancelled = self.cancelled or self._beat.records.cancelled(self._delivery.item.run)

    def _run(self) -> None:
        last = time.monotonic()
        while not self._ended.wait(TICK):
            if self._draining.is_set():
                self.stop.set()
            if time.monotonic() - last >= self._beat.seconds:
                last = time.monotonic()
                self.now()


class EventLog:
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
