"""A lake in memory: what the engines are measured by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from orchestrator.logs.event import Event
from orchestrator.logs.lake.question import Answer, Question, answer, matches


class MemoryLake:
    limits: tuple[str, ...] = ()

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = tuple(events)

    def ask(self, question: Question) -> Answer:
        return answer(self._events, question)

    def count(self, question: Question) -> Mapping[str, int]:
        found = {each.uid: each for each in self._events if matches(each, question)}
        return Counter(each.name for each in found.values())
