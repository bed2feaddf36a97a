from __future__ import annotations

import pytest

from orchestrator.errors import UsageError
from orchestrator.sandbox.delays import SECONDS, Delays, failure, seconds


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def test_what_is_late_is_done_when_its_time_is_over_and_in_its_order() -> None:
    clock, done = Clock(), list[str]()
    delays = Delays(clock, {"association": 5, "function": 1})
    delays.later("association", lambda: done.append("association"))
    delays.later("function", lambda: done.append("function"))

    delays.settle()
    assert done == []
    clock.time = 1.0
    delays.settle()
    assert done == ["function"]
    assert delays.advance(4) == 0
    assert done == ["function", "association"]


def test_what_takes_no_time_is_done_at_once() -> None:
    done = list[str]()
    Delays(Clock(), seconds(["*=0"])).later("iam", lambda: done.append("iam"))

    assert done == ["iam"]


def test_after_a_reset_nothing_is_on_its_way_and_the_settings_of_the_start_hold() -> None:
    clock, done = Clock(), list[str]()
    delays = Delays(clock, own={"iam": 2.0}, given={"iam": 9.0})
    delays.later("iam", lambda: done.append("iam"))
    delays.forget()

    assert delays.advance(100) == 0
    assert (done, delays.lasts("iam")) == ([], 2.0)


def test_a_failure_is_told_by_kind_and_target_with_its_reason() -> None:
    told = (failure("association:2000*=no recorder"), failure("account:new"))
    delays = Delays(Clock(), failing=told)

    assert delays.failed("association", "200000000006") == "no recorder"
    assert delays.failed("association", "ou-ex01-prod0000") == ""
    assert delays.failed("account", "new") == "the sandbox was told to let it fail"


def test_the_later_of_two_delays_counts() -> None:
    assert seconds(["*=0", "iam=2"]) == {**dict.fromkeys(SECONDS, 0.0), "iam": 2.0}


@pytest.mark.parametrize("text", ["speed=1", "iam", "iam=soon", "iam=-1", "iam=inf", "iam=nan"])
def test_a_delay_that_cannot_be_read_is_named_with_the_kinds_there_are(text: str) -> None:
    with pytest.raises(UsageError, match=f"delay '{text}'") as error:
        seconds([text])

    assert "association" in str(error.value)


@pytest.mark.parametrize("text", ["association", "association:", "speed:x", ""])
def test_a_failure_needs_a_kind_and_a_target(text: str) -> None:
    with pytest.raises(UsageError, match="no kind, or no target"):
        failure(text)
