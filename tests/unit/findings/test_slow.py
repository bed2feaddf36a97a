"""A change that AWS shows minutes to hours later is on its way, looked at again, then concluded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.findings import by_hand
from orchestrator.findings.finding import Finding
from orchestrator.findings.progress import Message, Progress
from orchestrator.findings.rechecks import pause
from orchestrator.findings.records import Outcome, Record
from orchestrator.findings.remediation import Aws, Json, Refused, Slow, Target
from tests.unit.findings.a_world import (
    BUCKET,
    CLOSING,
    NOW,
    FakeTable,
    Things,
    World,
    a_decision,
    a_finding,
    a_matrix,
    a_refusal,
    a_world,
    an_exception,
)


def changing(target: Target, aws: Aws) -> str:
    things: Things = aws("things")
    things.ask("changing")
    return things.tags.get(target.arn, {}).get("status", "")


SLOW = replace(CLOSING, controls=("RDS.2",), slow=Slow(timedelta(hours=6), changing))


def a_slow_finding(**more: object) -> Finding:
    return a_finding(control="RDS.2", **more)


def a_slow_world(table: FakeTable | None = None, status: str = "modifying") -> World:
    """Its fixes are taken, and not shown until `settle`."""
    things = Things({BUCKET: True}, {BUCKET: {"status": status}}, stubborn=True)
    matrix = a_matrix(a_decision(control="RDS.2"))
    return a_world(matrix, {"rds.2": SLOW}, things, table)


def settle(world: World) -> None:
    world.things.open[BUCKET] = False
    world.things.tags.clear()


def the_record(world: World) -> Record:
    (record,) = world.parts.records.since(3, world.time[0])
    return record


def tick(world: World) -> list[str]:
    message = Message("tick", world.time[0] + timedelta(minutes=2))
    return [routed.word for routed in world.router.tick(message)][1:]


def failures(world: World) -> int:
    return len(world.parts.breakers.state("RDS.2").failures)


def test_a_fix_that_aws_does_not_show_yet_is_looked_at_again_and_told_once_at_the_end() -> None:
    world = a_slow_world()

    assert world.route(a_slow_finding()) == "on_its_way"
    assert the_record(world).outcome is Outcome.ON_ITS_WAY
    assert the_record(world).note == "AWS is still at it: modifying"
    assert (world.subjects, world.hub.notes) == ([], [])

    world.pass_by(minutes=3)
    assert tick(world) == ["on_its_way"]
    settle(world)
    world.pass_by(minutes=30)
    assert tick(world) == ["fixed"]
    assert the_record(world).outcome is Outcome.FIXED
    assert world.things.writes == [f"fix {BUCKET}"]
    assert world.subjects == ["[HIGH] RDS.2 in orders-prod (200000000007) was fixed"]
    assert [status for status, _ in world.hub.notes] == ["RESOLVED"]
    assert failures(world) == 0
    world.pass_by(hours=8)
    assert tick(world) == []


def test_a_value_that_aws_shows_at_once_is_not_fixed_before_aws_is_done_with_it() -> None:
    world = a_slow_world()
    world.things.stubborn = False

    assert world.route(a_slow_finding()) == "on_its_way"
    world.things.tags.clear()
    world.pass_by(minutes=3)

    assert tick(world) == ["fixed"]


def test_the_pauses_between_two_looks_grow_up_to_an_hour() -> None:
    world = a_slow_world()
    world.route(a_slow_finding())

    looked = list[int]()
    for minute in range(1, 240):
        world.pass_by(minutes=1)
        looked += [minute] if tick(world) else []

    assert looked == [2, 6, 14, 30, 62, 122, 182]
    assert pause(1000) == timedelta(hours=1)


def test_what_never_settles_is_told_as_failing_once_and_counted_once() -> None:
    world = a_slow_world()
    world.route(a_slow_finding())

    words = list[str]()
    for _ in range(100):
        world.pass_by(minutes=10)
        words += tick(world)

    assert words[-1] == "failing"
    assert set(words[:-1]) == {"on_its_way"}
    assert the_record(world).note == "AWS is still at it: modifying"
    assert world.subjects == [
        "[HIGH] RDS.2 in orders-prod (200000000007) was fixed, but still fails"
    ]
    assert failures(world) == 1
    state = world.parts.states.get(a_slow_finding().key)
    assert state and (state.status, state.attempts) == (Progress.FAILING, 1)


def test_what_aws_is_no_longer_at_and_still_fails_has_failed_before_its_time_is_over() -> None:
    world = a_slow_world()
    world.route(a_slow_finding())
    world.things.tags.clear()
    world.pass_by(minutes=10)
    assert tick(world) == ["on_its_way"]
    world.pass_by(minutes=30)

    assert tick(world) == ["failing"]
    assert the_record(world).note == "it is open"
    assert failures(world) == 1


@pytest.mark.parametrize("settled", [False, True])
def test_a_newer_finding_meanwhile_fixes_nothing_twice(settled: bool) -> None:
    world = a_slow_world()
    world.route(a_slow_finding())
    world.pass_by(minutes=10)
    if settled:
        settle(world)

    newer = a_slow_finding(updated=NOW + timedelta(minutes=9))

    assert world.route(newer, "m2") == ("fixed" if settled else "on_its_way")
    assert world.things.writes == [f"fix {BUCKET}"]
    assert len(world.subjects) == int(settled)
    assert tick(world) == (["over"] if settled else ["on_its_way"])


@pytest.mark.parametrize("settled", [False, True])
def test_a_finding_that_passes_meanwhile_concludes_the_fix_once_it_has_settled(
    settled: bool,
) -> None:
    world = a_slow_world()
    world.route(a_slow_finding())
    world.pass_by(minutes=10)
    if settled:
        settle(world)

    passed = a_slow_finding(updated=NOW + timedelta(minutes=9), compliance="PASSED")

    assert world.route(passed, "m2") == ("closed" if settled else "on_its_way")
    settle(world)
    world.pass_by(hours=1)
    assert tick(world) == ([] if settled else ["fixed"])
    assert the_record(world).outcome is Outcome.FIXED
    assert len(world.subjects) == 1


def test_what_cannot_be_read_again_stays_on_its_way_and_can_be_undone_once_it_is_there() -> None:
    world = a_slow_world()
    world.route(a_slow_finding())
    world.things.failing["check"] = a_refusal("DBInstanceNotFound")
    world.pass_by(minutes=3)
    assert tick(world) == ["on_its_way"]
    del world.things.failing["check"]
    settle(world)
    world.pass_by(minutes=10)
    assert tick(world) == ["fixed"]

    undone = by_hand.undo(world.parts, the_record(world).id, "me")
    assert undone.outcome is Outcome.UNDONE
    assert world.things.open[BUCKET]


def test_what_aws_is_still_at_is_not_taken_back_unless_a_person_insists() -> None:
    world = a_slow_world()
    world.route(a_slow_finding())
    id_ = the_record(world).id

    with pytest.raises(Refused, match="once it has settled"):
        by_hand.undo(world.parts, id_, "me")
    assert by_hand.undo(world.parts, id_, "me", force=True).outcome is Outcome.UNDONE
    world.pass_by(hours=1)
    assert tick(world) == []
    assert the_record(world).outcome is Outcome.UNDONE


class Died(BaseException):
    """The function was stopped."""


def dying(target: Target, aws: Aws, before: Json) -> None:
    CLOSING.fix(target, aws, before)
    raise Died


@pytest.mark.parametrize("by", ["tick", "queue"])
def test_a_fix_is_not_forgotten_when_the_function_dies_and_is_not_made_twice(by: str) -> None:
    world = a_slow_world()
    world.parts.remediations["rds.2"] = replace(SLOW, fix=dying)  # type: ignore[index]
    with pytest.raises(Died):
        world.route(a_slow_finding())
    world.parts.remediations["rds.2"] = SLOW  # type: ignore[index]
    world.pass_by(minutes=3)

    again = tick(world) if by == "tick" else [world.route(a_slow_finding())]

    assert again == ["on_its_way"]
    settle(world)
    world.pass_by(minutes=30)
    assert tick(world) == ["fixed"]
    assert world.things.writes == [f"fix {BUCKET}"]
    assert len(world.subjects) == 1


def test_a_team_is_told_though_the_function_died_after_the_record_was_kept() -> None:
    world = a_slow_world()
    world.route(a_slow_finding())
    settle(world)
    world.pass_by(minutes=3)
    record = the_record(world)
    world.parts.engine.conclude(record, SLOW, world.time[0])

    assert tick(world) == ["fixed"]
    assert len(world.subjects) == 1


def test_two_ticks_at_once_look_once() -> None:
    world = a_slow_world()
    world.route(a_slow_finding())
    settle(world)
    world.pass_by(minutes=3)
    message = Message("other", world.time[0] + timedelta(minutes=2))
    key, record = a_slow_finding().key, the_record(world)
    assert world.parts.states.resume(key, record.id, message, world.time[0])

    assert tick(world) == []
    assert world.subjects == []
    world.pass_by(minutes=3)
    assert tick(world) == ["fixed"]


def test_a_fix_by_hand_is_looked_at_again_and_told_once() -> None:
    world = a_slow_world()
    finding = a_slow_finding()
    plan = by_hand.rehearse(world.parts, finding).plan
    assert by_hand.apply(world.parts, finding, plan, "me").outcome is Outcome.ON_ITS_WAY
    settle(world)
    world.pass_by(minutes=3)

    assert tick(world) == ["fixed"]
    assert len(world.subjects) == 1
    world.pass_by(hours=1)
    assert tick(world) == []


def test_an_exception_that_comes_meanwhile_does_not_hide_how_the_fix_ends() -> None:
    world = a_slow_world()
    world.route(a_slow_finding())
    settle(world)
    matrix = a_matrix(a_decision(control="RDS.2"), exceptions={"x": an_exception(control="rds.2")})
    later = a_world(matrix, {"rds.2": SLOW}, world.things, world.table, NOW + timedelta(minutes=3))

    assert tick(later) == ["fixed"]
    assert len(later.subjects) == 1


def test_more_than_a_tick_can_look_at_wait_for_the_next_the_longest_due_first() -> None:
    world = a_slow_world()
    for number in range(130):
        finding = a_slow_finding(resource=f"arn:aws:s3:::b{number}")
        world.parts.rechecks.put(finding, f"20261123-{number:010d}", world.time[0])
    world.pass_by(minutes=3)

    assert [len(tick(world)), len(tick(world)), len(tick(world))] == [100, 30, 0]
