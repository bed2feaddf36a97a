from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from orchestrator.app.worker import Shift, _work
from orchestrator.errors import AwsDenied
from orchestrator.ports.workers import Delivery
from tests.unit.rollout.workers.worker_fakes import FakeQueue


@dataclass
class Serving:
    """Remembers what it was given; `then` is what comes of it."""

    served: list[Delivery] = field(default_factory=list)
    then: Callable[[], object] = lambda: None

    def serve(self, delivery: Delivery) -> None:
        self.served.append(delivery)
        self.then()


@dataclass
class Deliveries(FakeQueue):
    """Has so many to give, then nothing."""

    left: int = 0
    refuses: int = 0
    waits: list[int] = field(default_factory=list)

    def receive(self, seconds: int) -> Delivery | None:
        self.waits.append(seconds)
        if self.refuses:
            self.refuses -= 1
            raise AwsDenied("200000000001", "worker", "sqs:ReceiveMessage", "out of reach")
        self.left -= 1
        return A_DELIVERY if self.left >= 0 else None


A_DELIVERY: Any = object()


def worked(queue: Deliveries, serving: Serving, shift: Shift) -> None:
    _work(serving, queue, shift)  # type: ignore[arg-type]


def test_a_worker_ends_when_nothing_has_come_for_a_while() -> None:
    queue, serving = Deliveries(left=2), Serving()

    worked(queue, serving, Shift(idle=0.01))

    assert len(serving.served) == 2


def test_a_worker_asks_no_longer_than_it_would_be_idle() -> None:
    queue = Deliveries()

    worked(queue, Serving(), Shift(idle=0.01))

    assert set(queue.waits) == {1}


def test_a_worker_takes_nothing_new_when_it_leaves() -> None:
    shift = Shift(idle=None)
    queue, serving = Deliveries(left=9), Serving(then=shift.draining.set)

    worked(queue, serving, shift)

    assert len(serving.served) == 1


def test_a_worker_is_not_idle_while_it_works() -> None:
    shift = Shift(idle=0.0)

    with shift.at_work():
        assert not shift.over
    assert shift.over


def test_all_threads_of_a_worker_leave_when_one_has_broken() -> None:
    def breaks() -> None:
        raise RuntimeError("a bug")

    shift = Shift(idle=None)

    with pytest.raises(RuntimeError, match="a bug"):
        worked(Deliveries(left=1), Serving(then=breaks), shift)
    assert shift.draining.is_set()


def test_a_queue_out_of_reach_is_asked_again() -> None:
    shift = Shift(idle=None, pause=0.01)
    queue, serving = Deliveries(left=1, refuses=1), Serving(then=shift.draining.set)

    worked(queue, serving, shift)

    assert len(serving.served) == 1
