"""An invocation may die between any two steps; two may be at the same finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pytest

from orchestrator.findings.errors import Retry
from orchestrator.findings.progress import Message
from orchestrator.findings.records import Outcome
from orchestrator.findings.table import Item, Key, Limit
from tests.unit.findings.a_world import BUCKET, FakeTable, World, a_finding, a_world


class Died(BaseException):
    """The invocation is over, at once."""


@dataclass
class MortalTable(FakeTable):
    """Dies at the step of that number, once; before or after it has taken effect."""

    dies_at: int = -1
    late: bool = False
    steps: int = 0

    def _step(self, call: Callable[[], Any]) -> Any:
        self.steps += 1
        dies = self.steps == self.dies_at
        if dies and not self.late:
            raise Died
        answer = call()
        if dies:
            raise Died
        return answer

    def get(self, key: Key) -> Item | None:
        found: Item | None = self._step(lambda: FakeTable.get(self, key))
        return found

    def put(self, item: Item, expires: int) -> bool:
        return bool(self._step(lambda: FakeTable.put(self, item, expires)))

    def take(self, limits: Sequence[Limit], expires: int) -> int | None:
        full: int | None = self._step(lambda: FakeTable.take(self, limits, expires))
        return full


def until_done(world: World) -> str:
    """The same message again and again, as the queue brings it, until it is done."""
    for _ in range(5):
        try:
            return world.route(a_finding())
        except (Died, Retry):
            world.pass_by(minutes=12)
    raise AssertionError("never done")


def steps_of_a_fix() -> int:
    table = MortalTable()
    a_world(table=table).route(a_finding())
    return table.steps


@pytest.mark.parametrize("late", [False, True])
def test_wherever_an_invocation_dies_there_is_one_fix_one_record_and_word_of_it(late: bool) -> None:
    steps = steps_of_a_fix()
    assert steps > 10
    for step in range(1, steps + 1):
        world = a_world(table=MortalTable(dies_at=step, late=late))

        until_done(world)

        records = world.parts.records.since(2, world.time[0])
        assert world.things.writes == [f"fix {BUCKET}"], step
        assert [record.outcome for record in records] == [Outcome.FIXED], step
        assert world.before_states.kept == {records[0].id: '{"open":true}'}, step
        assert world.route(a_finding(), "a copy") == "duplicate", step
        world.pass_by(hours=1)
        world.router.tick(Message("tick", world.time[0]))
        assert 1 <= len(world.sender.sent) <= 2, step
        assert all(BUCKET in written.text for _, written in world.sender.sent), step


@dataclass
class SharedTable(FakeTable):
    lock: Any = field(default_factory=Lock)

    def put(self, item: Item, expires: int) -> bool:
        with self.lock:
            return super().put(item, expires)


def test_of_many_invocations_with_the_same_finding_one_fixes_it() -> None:
    world = a_world(table=SharedTable())

    def one(number: int) -> str:
        try:
            return world.route(a_finding(), f"m{number}")
        except Retry:
            return "retry"

    with ThreadPoolExecutor(16) as pool:
        words = Counter(pool.map(one, range(200)))

    assert words == {"fixed": 1, "duplicate": 199}
    assert world.things.writes == [f"fix {BUCKET}"]
