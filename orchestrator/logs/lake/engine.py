"""The interface of every engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

from orchestrator.errors import UsageError
from orchestrator.logs.event import Event
from orchestrator.logs.lake.asking import Answer, Question, answer, matches


class NoLake(UsageError):
    """A place without events."""


class Lake(Protocol):
    """Events that can be asked for. Raises an OrchestratorError when it cannot be read."""

    def ask(self, question: Question) -> Answer:
        """The events, in order of time."""
        ...

    def count(self, question: Question) -> Mapping[str, int]:
        """How many events of each name there are, the limit left aside."""
        ...

    @property
    def limits(self) -> tuple[str, ...]:
        """What this engine cannot see or do, in sentences for the reader of an answer."""
        ...


class MemoryLake:
    """Events in memory: what the other engines are measured by, and small logs in one file."""

    limits: tuple[str, ...] = ()

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = tuple(events)

    def ask(self, question: Question) -> Answer:
        return answer(self._events, question)

    def count(self, question: Question) -> Mapping[str, int]:
        found = {each.uid: each for each in self._events if matches(each, question)}
        return Counter(each.name for each in found.values())
