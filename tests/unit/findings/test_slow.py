"""A change that AWS shows minutes to hours later is on its way, looked at again, then concluded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.findings.answers import patience
from orchestrator.findings.finding import Finding
from orchestrator.findings.progress import Message, Progress
from orchestrator.findings.records import Outcome, Record
from tests.unit.findings.a_world import (
    BUCKET,
    CLOSING,
    NOW,
    Things,
    World,
    a_decision,
    a_finding,
    a_matrix,
    a_refusal,
    a_world,
)

SLOW = replace(CLOSING, controls=("RDS.2",))


def a_slow_finding(**more: object) -> Finding:
    return a_finding(control="RDS.2", **more)


def a_slow_world() -> World:
    """Its fixes are taken, and show nothing."""
    things = Things({BUCKET: True}, stubborn=True)
    return a_world(a_matrix(a_decision(control="RDS.2")), {"rds.2": SLOW}, things)


def the_record(world: World) -> Record:
    (record,) = world.parts.records.since(3, world.time[0])
    return record


def tick(world: World) -> list[str]:
    message = Message("tick", world.time[0] + timedelta(minutes=2))
    return [routed.word for routed in world.router.tick(message)][1:]


def test_a_fix_that_aws_does_not_show_yet_is_no_failure_and_is_looked_at_again() -> None:
    world = a_slow_world()

    assert world.route(a_slow_finding()) == "on_its_way"
    assert the_record(world).outcome is Outcome.ON_ITS_WAY
    assert world.subjects == ["[HIGH] RDS.2 in orders-prod (200000000007) is being fixed"]

    world.pass_by(minutes=30)
    assert tick(world) == ["on_its_way"]
    world.things.open[BUCKET] = False
    world.pass_by(minutes=30)
    assert tick(world) == ["fixed"]
    assert the_record(world).outcome is Outcome.FIXED
    assert world.things.writes == [f"fix {BUCKET}"]
    assert len(world.subjects) == 2
    assert tick(world) == []


def test_what_still_fails_when_the_patience_is_over_has_failed() -> None:
    world = a_slow_world()
    world.route(a_slow_finding())

    world.pass_by(hours=7)

    assert tick(world) == ["failing"]
    assert the_record(world).note == "it is open"
    assert tick(world) == []


def test_a_newer_finding_meanwhile_fixes_nothing_twice() -> None:
    world = a_slow_world()
    world.route(a_slow_finding())
    world.pass_by(minutes=10)

    newer = a_slow_finding(updated=NOW + timedelta(minutes=9))

    assert world.route(newer, "m2") == "on_its_way"
    assert world.things.writes == [f"fix {BUCKET}"]
    assert the_record(world).outcome is Outcome.ON_ITS_WAY


def test_a_finding_that_passes_meanwhile_concludes_the_record() -> None:
    world = a_slow_world()
    world.route(a_slow_finding())
    world.things.open[BUCKET] = False
    world.pass_by(minutes=10)

    passed = a_slow_finding(updated=NOW + timedelta(minutes=9), compliance="PASSED")

    assert world.route(passed, "m2") == "closed"
    assert the_record(world).outcome is Outcome.FIXED
    assert tick(world) == ["late"]


def test_what_cannot_be_read_again_stays_on_its_way_and_can_be_taken_back_once_it_is_there() -> (
    None
):
    world = a_slow_world()
    world.route(a_slow_finding())
    world.things.failing["check"] = a_refusal("DBInstanceNotFound")
    assert tick(world) == ["on_its_way"]
    del world.things.failing["check"]
    world.things.open[BUCKET] = False
    assert tick(world) == ["fixed"]

    record = the_record(world)
    undone = world.parts.engine.undo(record, SLOW, "me", world.time[0], force=False)
    assert undone.outcome is Outcome.UNDONE
    assert world.things.open[BUCKET]


def test_a_look_again_counts_as_no_attempt() -> None:
    world = a_slow_world()
    world.route(a_slow_finding())
    for _ in range(3):
        tick(world)

    state = world.parts.states.get(a_slow_finding().key)
    assert state
    assert (state.status, state.attempts) == (Progress.ON_ITS_WAY, 1)


@pytest.mark.parametrize(("control", "slow"), [("Redshift.1", True), ("S3.8", False)])
def test_only_slow_services_have_patience(control: str, slow: bool) -> None:
    assert bool(patience(control)) is slow
