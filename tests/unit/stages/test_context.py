from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.model.events import Event, Waiting
from orchestrator.stages.context import Concurrency, ConcurrencyLimit
from tests.fakes import FakeCapacity, some_ports


def test_the_pace_is_halved_when_aws_asks_for_it_and_never_stands_still() -> None:
    paces = [Concurrency(8.0)]
    for _ in range(5):
        paces.append(paces[-1].slower())

    assert [pace.width for pace in paces] == [8.0, 4.0, 2.0, 1.0, 1.0, 1.0]


def test_one_more_stack_is_worked_on_after_each_round_that_went_well() -> None:
    pace = Concurrency(4.0)
    for _ in range(4):
        pace = pace.faster(ceiling=99)

    assert 4.8 < pace.width < 5.01


@given(st.lists(st.booleans(), max_size=200), st.integers(1, 30))
def test_whatever_happens_the_pace_stays_between_one_and_what_the_machine_carries(
    throttled: list[bool], ceiling: int
) -> None:
    pace = Concurrency(float(ceiling))
    for slow in throttled:
        pace = pace.slower() if slow else pace.faster(ceiling)
        assert 1 <= pace.width <= ceiling


def test_throttling_shrinks_the_width_and_is_told_and_calm_brings_it_back() -> None:
    told: list[Event] = []
    capacity = FakeCapacity(carries=8)
    concurrency = ConcurrencyLimit(some_ports(capacity=capacity, emit=told.append))
    assert concurrency.width(99, 0) == 8

    capacity.asked_to_slow_down = 5
    concurrency.ended(under_way=8)
    assert concurrency.width(99, 8) == 4
    assert told == [Waiting("AWS asks to slow down: 4 at the same time", 0.0)]

    for _ in range(60):
        concurrency.ended(under_way=4)
    assert concurrency.width(99, 4) == 8


def test_a_width_that_was_asked_for_is_kept_to_whatever_the_machine_carries() -> None:
    concurrency = ConcurrencyLimit(some_ports(capacity=FakeCapacity(carries=2)), asked=5)

    assert concurrency.width(99, 0) == 5
    assert concurrency.width(3, 0) == 3


def test_even_a_machine_without_memory_works_on_one_stack() -> None:
    assert ConcurrencyLimit(some_ports(capacity=FakeCapacity(carries=0))).width(9, 0) == 1


def test_what_retries_put_up_with_slows_nobody_down() -> None:
    told: list[Event] = []
    capacity = FakeCapacity(carries=8)
    concurrency = ConcurrencyLimit(some_ports(capacity=capacity, emit=told.append))

    for _ in range(20):
        capacity.asked_to_slow_down += 4
        concurrency.ended(under_way=8)

    assert concurrency.width(99, 8) == 8
    assert told == []


def test_at_a_width_of_one_the_same_is_not_said_again_and_again() -> None:
    told: list[Event] = []
    capacity = FakeCapacity(carries=2)
    concurrency = ConcurrencyLimit(some_ports(capacity=capacity, emit=told.append))

    for _ in range(5):
        capacity.asked_to_slow_down += 9
        concurrency.ended(under_way=2)

    assert told == [Waiting("AWS asks to slow down: 1 at the same time", 0.0)]
