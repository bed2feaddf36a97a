from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.drift.check import MOST, WITHIN, alternating, remembered
from orchestrator.model.drift import Sighting

START = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_history(*seen: str) -> tuple[Sighting, ...]:
    """One sighting an hour; each letter is an address that had changed."""
    return tuple(Sighting(START + hour * HOUR, frozenset(each)) for hour, each in enumerate(seen))


def flaps(*seen: str) -> tuple[str, ...]:
    *past, new = a_history(*seen)
    return alternating(past, new)


def test_what_comes_back_for_the_third_time_flaps() -> None:
    assert flaps("a", "", "a", "", "a") == ("a",)


def test_what_merely_stays_does_not_flap() -> None:
    assert flaps("a", "a", "a", "a", "a") == ()


def test_a_change_its_repair_and_one_more_change_is_no_flapping_yet() -> None:
    assert flaps("a", "", "a") == ()


def test_each_address_is_judged_for_itself() -> None:
    assert flaps("ab", "b", "ab", "b", "ab") == ("a",)


def test_what_is_not_there_now_is_not_named() -> None:
    assert flaps("a", "", "a", "", "a", "") == ()


def test_what_is_long_ago_is_forgotten() -> None:
    past = a_history("a", "", "a", "")
    new = Sighting(START + WITHIN + 3 * HOUR, frozenset("a"))

    assert alternating(past, new) == ()
    assert remembered(past, new) == (past[3], new)


def test_checks_that_see_the_same_are_kept_once_so_that_hours_in_sync_cost_nothing() -> None:
    seen: tuple[Sighting, ...] = ()
    for each in a_history(*["a", *[""] * 300, "a"]):
        seen = remembered(seen, each)

    assert [each.addresses for each in seen] == [{"a"}, set(), {"a"}]


@given(st.lists(st.frozensets(st.sampled_from("abc")), min_size=1, max_size=40))
def test_remembering_little_never_changes_what_is_said(seen: list[frozenset[str]]) -> None:
    every = [Sighting(START + hour * HOUR, each) for hour, each in enumerate(seen)]
    kept: tuple[Sighting, ...] = ()
    for each in every[:-1]:
        kept = remembered(kept, each)

    assert alternating(kept, every[-1]) == alternating(every[:-1], every[-1])
    assert len(kept) <= MOST
