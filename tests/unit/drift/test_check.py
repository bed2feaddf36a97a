"""What a drift check says of a stack beyond whether it has drifted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.drift import check as drift_stage
from orchestrator.drift.check import MOST, WITHIN, alternating, examine, remembered
from orchestrator.drift.verdict import Care
from orchestrator.errors import AwsDenied
from orchestrator.model.drift import Reading, Sighting, Suspect, Unread
from orchestrator.model.plan import Action, Change
from orchestrator.model.run import How, Kind, Outcome, StackResult
from tests.builders import DIGEST, a_baseline, a_change, a_job, a_key, a_reading
from tests.fakes import (
    NOW,
    FakeBaselines,
    FakeReader,
    FakeSessions,
    FakeSightings,
    FakeTerraform,
    some_ports,
)

JOB = a_job()
EMPTIED = replace(a_change(Action.UPDATE), attributes=("tags",), written_otherwise=True)
CHANGED = Change("aws_iam_role.a", "aws_iam_role", Action.UPDATE, ("tags",))


def drift(*found: Change, seen: FakeSightings | None = None, hours: int = 0) -> StackResult:
    ports = some_ports(FakeTerraform(drift=found), now=NOW + timedelta(hours=hours), sightings=seen)
    return drift_stage.drift(JOB, ports, Care(exact=True))


def test_nothing_written_in_another_way_is_named_and_is_no_drift() -> None:
    result = drift(EMPTIED)

    assert result.outcome is Outcome.IN_SYNC
    assert result.checked
    assert result.checked.kinds == (Kind.NORMALISED,)
    assert result.checked.normalised == (EMPTIED.address,)


def test_beside_a_change_it_is_told_apart() -> None:
    result = drift(CHANGED, EMPTIED)

    assert result.outcome is Outcome.DRIFTED
    assert result.plan
    assert result.plan.drift == (CHANGED,)
    assert result.checked
    assert result.checked.kinds == (Kind.CHANGED_OUTSIDE, Kind.NORMALISED)


def test_a_change_that_comes_back_for_the_third_time_is_marked() -> None:
    seen = FakeSightings()
    checks = [
        drift(*found, seen=seen, hours=hour)
        for hour, found in enumerate([(CHANGED,), (), (CHANGED,), (), (CHANGED,)])
    ]

    marked = [check.checked.flapping for check in checks if check.checked]
    assert marked == [(), (), (), (), (CHANGED.address,)]


def test_of_a_stack_that_never_drifted_nothing_is_written_down() -> None:
    seen = FakeSightings()

    drift(seen=seen)

    assert seen.kept == {}


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


BUCKET = "aws_s3_bucket.logs"
CHANGE = a_change(Action.UPDATE, BUCKET)
SUSPECTS = (Suspect(frozenset({"aws_s3_bucket"}), frozenset({"logs"})),)


def with_baseline() -> FakeBaselines:
    return FakeBaselines({a_key(): a_baseline(a_reading({BUCKET: DIGEST, "other": "o"}))})


def test_a_suspect_that_is_as_it_was_found_is_no_drift_and_needs_no_plan() -> None:
    reader, terraform = FakeReader(a_reading({BUCKET: DIGEST})), FakeTerraform()
    ports = some_ports(terraform=terraform, reader=reader, baselines=with_baseline())

    result = examine(a_job(), SUSPECTS, ports)

    assert result.outcome is Outcome.IN_SYNC
    assert result.checked
    assert result.checked.how is How.READ
    assert reader.only == SUSPECTS
    assert terraform.calls == []


def test_a_suspect_that_differs_is_planned_and_the_plan_decides() -> None:
    reader = FakeReader(a_reading({BUCKET: "another"}))
    for drift, outcome in (((CHANGE,), Outcome.DRIFTED), ((), Outcome.IN_SYNC)):
        terraform = FakeTerraform(drift=drift)
        ports = some_ports(terraform=terraform, reader=reader, baselines=with_baseline())

        result = examine(a_job(), SUSPECTS, ports)

        assert result.outcome is outcome
        assert result.checked
        assert (result.checked.how, result.checked.why) == (How.EXACT, f"{BUCKET} differs")


def test_without_a_comparable_baseline_the_state_is_the_measure() -> None:
    for reading, why in (
        (a_reading({BUCKET: "x"}, serial=9), ""),
        (a_reading({BUCKET: DIGEST}, serial=9, unsettled=(BUCKET,)), f"{BUCKET} differs"),
    ):
        ports = some_ports(reader=FakeReader(reading), baselines=with_baseline())

        result = examine(a_job(), SUSPECTS, ports)

        assert result.checked
        assert result.checked.why == why


def test_a_forged_baseline_hides_nothing() -> None:
    reader = FakeReader(a_reading({BUCKET: DIGEST}, unsettled=(BUCKET,)))
    terraform = FakeTerraform(drift=(CHANGE,))
    ports = some_ports(terraform=terraform, reader=reader, baselines=with_baseline())

    assert examine(a_job(), SUSPECTS, ports).outcome is Outcome.DRIFTED


def test_a_call_about_something_that_the_stack_does_not_have_is_no_drift() -> None:
    ports = some_ports(reader=FakeReader(a_reading({})), baselines=with_baseline())

    result = examine(a_job(), SUSPECTS, ports)

    assert (result.outcome, result.checked and result.checked.why) == (
        Outcome.IN_SYNC,
        "none of its resources",
    )


@pytest.mark.parametrize("reading", [Unread("the state is encrypted"), None])
def test_whatever_cannot_be_read_or_mapped_is_planned(reading: Reading | Unread | None) -> None:
    reader = FakeReader(reading or a_reading())
    ports = some_ports(terraform=FakeTerraform(drift=(CHANGE,)), reader=reader)

    result = examine(a_job(), SUSPECTS if reading else None, ports)

    assert result.outcome is Outcome.DRIFTED
    assert reader.reads == (1 if reading else 0)


def test_an_account_that_does_not_let_us_in_is_denied_and_never_in_sync() -> None:
    ports = some_ports(
        reader=FakeReader(failing=AwsDenied("200000000006", "plan", "iam:GetRole", "no")),
        baselines=with_baseline(),
    )

    assert examine(a_job(), SUSPECTS, ports).outcome is Outcome.DENIED


def test_a_stack_that_was_never_applied_is_skipped() -> None:
    ports = some_ports(sessions=FakeSessions(applied=False))

    assert examine(a_job(), SUSPECTS, ports).outcome is Outcome.SKIPPED
