from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.findings.errors import Retry
from orchestrator.findings.limits import Breaker, Breakers, Budget, Event, KillSwitch, admits, noted
from orchestrator.findings.table import Item
from tests.unit.findings.a_world import (
    ACCOUNT,
    NOW,
    SECURITY,
    FakeTable,
    a_matrix,
    a_refusal,
    with_rules,
)

RULES = a_matrix().rules
MINUTE = timedelta(minutes=1)


def after(*events: Event, breaker: Breaker | None = None) -> Breaker:
    """A breaker after events, a minute apart."""
    breaker = breaker or Breaker()
    for minute, event in enumerate(events):
        breaker = noted(breaker, event, NOW + minute * MINUTE, RULES)
    return breaker


def test_failures_within_the_window_open_the_breaker() -> None:
    assert after(*[Event.FAILURE] * 4).opened is None
    opened = after(*[Event.FAILURE] * 5)

    assert opened.opened == NOW + 4 * MINUTE
    assert admits(opened, NOW + 5 * MINUTE, RULES)[0] == (
        "the circuit breaker is open: 5 fixes failed within 60 minutes"
    )


def test_failures_far_apart_do_not() -> None:
    breaker = Breaker()
    for hour in range(20):
        breaker = noted(breaker, Event.FAILURE, NOW + timedelta(hours=hour), RULES)

    assert breaker.opened is None


def test_two_undos_open_it() -> None:
    assert after(Event.UNDO).opened is None
    assert after(Event.UNDO, Event.UNDO).why == "2 fixes were taken back within 60 minutes"


def test_far_more_fixes_than_the_budget_open_it() -> None:
    rules = replace(RULES, control_per_hour=2)
    breaker = Breaker()
    for _ in range(10):
        assert breaker.opened is None
        breaker = noted(breaker, Event.HELD, NOW, rules)

    assert breaker.why == "10 fixes more than the budget were wanted within 60 minutes"


def test_an_open_breaker_lets_one_fix_try_and_believes_its_outcome() -> None:
    opened = after(*[Event.FAILURE] * 5)
    later = NOW + timedelta(hours=2)

    why, trying = admits(opened, later, RULES)
    assert why == ""
    assert admits(trying, later + MINUTE, RULES)[0] != ""

    assert noted(trying, Event.FIXED, later, RULES) == Breaker()
    again = noted(trying, Event.FAILURE, later, RULES)
    assert (again.opened, again.tried) == (later, None)
    assert admits(again, later + MINUTE, RULES)[0] != ""


def test_breakers_of_two_controls_are_two_and_a_person_can_close_one() -> None:
    breakers = Breakers(FakeTable(), RULES)
    said = [breakers.note("S3.8", Event.UNDO, NOW) for _ in range(2)]

    assert said == [False, True]
    assert breakers.reason("s3.8", NOW) != ""
    assert breakers.reason("S3.1", NOW) == ""
    breakers.close("S3.8")
    assert breakers.state("S3.8") == Breaker()


def test_each_budget_is_told_by_its_name() -> None:
    limits = {"control_per_hour": 1, "account_per_hour": 2, "total_per_hour": 3}
    budget = Budget(FakeTable(), a_matrix(**with_rules(budgets=limits)).rules, lambda _: None)

    taken = [
        budget.take("S3.8", ACCOUNT, NOW),
        budget.take("s3.8", ACCOUNT, NOW),
        budget.take("S3.1", ACCOUNT, NOW),
        budget.take("S3.2", ACCOUNT, NOW),
        budget.take("S3.2", SECURITY, NOW),
        budget.take("S3.3", SECURITY, NOW),
        budget.take("S3.8", ACCOUNT, NOW + timedelta(minutes=61)),
    ]

    assert taken == [
        "",
        "the 1 fixes an hour of s3.8 are used up",
        "",
        f"the 2 fixes an hour in {ACCOUNT} are used up",
        "",
        "the 3 fixes an hour in the organization are used up",
        "",
    ]


@dataclass
class BusyTable(FakeTable):
    busy: int = 3

    def put_all(self, items: Sequence[Item], expires: int) -> bool:
        self.busy -= 1
        return self.busy < 0 and super().put_all(items, expires)


def test_a_busy_counter_is_tried_again_with_patience_and_an_end() -> None:
    waits: list[float] = []

    assert Budget(BusyTable(), RULES, waits.append).take("S3.8", ACCOUNT, NOW) == ""
    assert waits == [0.05, 0.1, 0.2]
    with pytest.raises(Retry):
        Budget(BusyTable(busy=99), RULES, waits.append).take("S3.8", ACCOUNT, NOW)


@settings(max_examples=300)
@given(st.lists(st.integers(0, 5400), min_size=5, max_size=60), st.integers(1, 5))
def test_no_hour_wherever_it_begins_has_more_fixes_than_the_budget(
    pauses: list[int], most: int
) -> None:
    limits = {"control_per_hour": 99, "account_per_hour": 99, "total_per_hour": most}
    table = FakeTable()
    budget = Budget(table, a_matrix(**with_rules(budgets=limits)).rules, lambda _: None)
    now, fixed = NOW, list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        if budget.take("S3.8", ACCOUNT, now) == "":
            fixed.append(now)
        else:
            within = [moment for moment in fixed if now - moment <= timedelta(minutes=61)]
            assert len(within) == most

    for first in fixed:
        within = [moment for moment in fixed if timedelta() <= moment - first < timedelta(hours=1)]
        assert len(within) <= most
    assert all(len(item.data) <= 61 for item in table.items.values())


@dataclass
class FakeParameters:
    value: str | Exception
    asked: list[str] = field(default_factory=list)

    def get_parameter(self, Name: str) -> dict[str, Any]:  # noqa: N803  boto3's spelling
        self.asked.append(Name)
        if isinstance(self.value, Exception):
            raise self.value
        return {"Parameter": {"Value": self.value}}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("on", ""),
        (" ON\n", ""),
        ("off", "the kill switch /switch is off"),
        ("", "the kill switch /switch is off"),
        ("maybe", "the kill switch /switch is off"),
        (
            a_refusal("ParameterNotFound"),
            "the kill switch /switch cannot be read (ParameterNotFound)",
        ),
    ],
)
def test_only_on_is_on(value: str | Exception, why: str) -> None:
    assert KillSwitch(FakeParameters(value), "/switch", lambda: 0.0).reason() == why


def test_the_switch_is_read_again_after_five_seconds() -> None:
    parameters, now = FakeParameters("on"), [0.0]
    switch = KillSwitch(parameters, "/switch", lambda: now[0])

    said = []
    for second in (0.0, 4.9, 5.0, 9.0):
        now[0] = second
        said.append(switch.reason())
        parameters.value = "off"

    assert said == ["", "", "the kill switch /switch is off", "the kill switch /switch is off"]
    assert len(parameters.asked) == 2
