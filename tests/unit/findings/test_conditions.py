"""Fixes that wait for a day, and fixes that wait for disuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.findings.decision import Kind, decide, explain
from orchestrator.findings.evidence.answer import Confidence, Evidence, State, User, unknown
from orchestrator.findings.evidence.question import Log
from orchestrator.findings.progress import Message
from orchestrator.findings.remediation import Target
from tests.unit.findings.a_world import (
    BUCKET,
    CLOSING,
    NOW,
    Things,
    World,
    a_decision,
    a_finding,
    a_matrix,
    a_world,
    an_exception,
)

UNUSED = Evidence(state=State.UNUSED, log=Log.S3_DATA, days=30, confidence=Confidence.HIGH)
USED = Evidence(
    state=State.USED,
    log=Log.S3_DATA,
    days=30,
    users=(User("", "", "203.0.113.9", 4211, NOW),),
    confidence=Confidence.HIGH,
)


def waiting(**more: Any) -> World:
    return a_world(a_matrix(a_decision(after=14), **more))


def ticked(world: World) -> list[str]:
    until = world.time[0] + timedelta(minutes=2)
    return [each.word for each in world.router.tick(Message("tick", until))][1:]


def updated(world: World) -> str:
    """The same failure, as Security Hub tells of it again."""
    return world.route(a_finding(updated=world.time[0] - timedelta(minutes=1)), f"{world.time[0]}")


def bodies(world: World) -> list[str]:
    return [written.text for _, written in world.sender.sent]


def test_a_team_is_told_at_first_sight_and_once_more_before_the_fix() -> None:
    world = waiting()

    assert world.route(a_finding()) == "proposed"
    told = [len(world.sender.sent)]
    for _ in range(14 * 4 - 1):
        world.pass_by(hours=6)
        ticked(world)
        updated(world)
        told.append(len(world.sender.sent))

    assert told[0] == 1
    assert told[-1] == 2
    assert told.index(2) == 11 * 4
    assert world.things.writes == []
    assert [subject.endswith(" will be fixed") for subject in world.subjects] == [True, True]
    assert "it is fixed on 2026-12-07, unless it is excepted" in bodies(world)[0]
    assert "it is fixed on 2026-12-07, in less than 3 days, unless" in bodies(world)[1]

    world.pass_by(hours=6)

    assert ticked(world) == ["fixed"]
    assert world.things.writes == [f"fix {BUCKET}"]
    assert ticked(world) == []


def test_the_day_comes_without_another_event() -> None:
    world = waiting()
    world.route(a_finding())
    words = []
    for _ in range(15):
        world.pass_by(days=1)
        words += ticked(world)

    assert words == ["proposed", "fixed"]


def test_what_passes_meanwhile_is_not_fixed_and_begins_anew_when_it_fails_again() -> None:
    world = waiting()
    world.route(a_finding())
    world.pass_by(days=10)
    at = world.time[0]
    world.route(a_finding(compliance="PASSED", updated=at - timedelta(minutes=2)), "m2")
    world.pass_by(days=5)
    assert "fixed" not in ticked(world)

    at = world.time[0]
    assert world.route(a_finding(updated=at - timedelta(minutes=1)), "m3") == "proposed"
    world.pass_by(days=10)
    assert "fixed" not in ticked(world)
    world.pass_by(days=4)
    assert "fixed" in ticked(world)


def test_an_exception_that_is_granted_meanwhile_stops_it() -> None:
    world = waiting()
    world.route(a_finding())
    later = a_world(
        a_matrix(a_decision(after=14), exceptions={"public": an_exception(expires="2027-06-01")}),
        table=world.table,
        now=NOW + timedelta(days=14),
    )

    assert ticked(later) == ["ignore"]
    assert later.things.writes == []


def test_an_old_finding_is_announced_like_a_new_one() -> None:
    world = waiting()

    assert world.route(a_finding(created=NOW - timedelta(days=400))) == "proposed"


def test_the_kill_switch_stops_what_is_due_as_well() -> None:
    world = waiting()
    world.route(a_finding())
    world.pass_by(days=14)
    world.switch[0] = "turned off"

    assert ticked(world) == ["stopped"]


def asked(evidence: Evidence) -> tuple[World, list[tuple[str, int]]]:
    asks: list[tuple[str, int]] = []

    def usage(target: Target, days: int) -> Evidence:
        asks.append((target.arn, days))
        return evidence

    return a_world(a_matrix(a_decision(unused_for=30)), usage=usage), asks


def test_what_nobody_uses_is_fixed_and_the_logs_are_asked_at_that_moment() -> None:
    world, asks = asked(UNUSED)

    assert world.route(a_finding()) == "fixed"
    assert asks == [(BUCKET, 30)]


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (USED, "203.0.113.9 (4,211, last 2026-11-23)"),
        (unknown("the log is not collected"), "cannot be told: the log is not"),
        (replace(UNUSED, days=29), "unused for 29 days"),
        (replace(UNUSED, confidence=Confidence.LOW), "unused for 30 days"),
    ],
)
def test_anything_else_is_not_fixed_and_its_team_is_told_why(evidence: Evidence, said: str) -> None:
    world, _ = asked(evidence)

    assert world.route(a_finding()) == "refused"
    assert world.things.writes == []
    assert said in bodies(world)[0]


def test_without_a_workgroup_nothing_that_waits_for_disuse_is_fixed() -> None:
    world = a_world(a_matrix(a_decision(unused_for=30)))

    assert world.route(a_finding()) == "refused"
    assert "organization.logs.lake.workgroup" in bodies(world)[0]


def test_what_passes_already_costs_no_question() -> None:
    asks: list[str] = []

    def usage(target: Target, days: int) -> Evidence:
        asks.append(target.arn)
        return UNUSED

    world = a_world(
        a_matrix(a_decision(unused_for=30)), things=Things({BUCKET: False}), usage=usage
    )

    assert (world.route(a_finding()), asks) == ("passes", [])


def test_logs_are_asked_on_the_day_and_not_when_it_is_announced() -> None:
    asks: list[str] = []

    def usage(target: Target, days: int) -> Evidence:
        asks.append(target.arn)
        return USED

    world = a_world(a_matrix(a_decision(after=14, unused_for=30)), usage=usage)
    world.route(a_finding())
    assert asks == []
    world.pass_by(days=14)

    assert ticked(world) == ["refused"]
    assert asks == [BUCKET]
    assert world.things.writes == []


def test_explain_says_both_conditions() -> None:
    finding = a_finding()
    matrix = a_matrix(a_decision(after=14, unused_for=30))

    decision = decide(finding, matrix, NOW, {}, {"s3.8": CLOSING})

    assert decision.kind is Kind.REMEDIATE
    lines = explain(finding, decision).splitlines()
    assert "  only if: logs show no use for 30 days" in lines
    assert "  when: 14 days after its team was first told" in lines
