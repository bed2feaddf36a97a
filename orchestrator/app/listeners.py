"""Everybody who hears what happens in a run."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from orchestrator.model.events import Emit
from orchestrator.model.events import Event as Happened


class Listeners:
    """Hands each event to all of them, one event after the other, in the order they came in."""

    def __init__(self, listeners: Iterable[Emit] = ()) -> None:
        self._listeners = list(listeners)
        self._lock = Lock()

    def add(self, listener: Emit) -> None:
        with self._lock:
            self._listeners.append(listener)

    def __call__(self, event: Happened) -> None:
        with self._lock:
            for listener in self._listeners:
                listener(event)
