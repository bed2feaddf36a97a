"""What a drift check says of a stack beyond whether it has drifted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from orchestrator.drift import check as drift_stage
from orchestrator.drift.verdict import Care
from orchestrator.model.plan import Action, Change
from orchestrator.model.run import Kind, Outcome, StackResult
from tests.builders import a_change, a_job
from tests.fakes import NOW, FakeSightings, FakeTerraform, some_ports

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
