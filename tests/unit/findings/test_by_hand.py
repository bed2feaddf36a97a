from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.findings import by_hand
from orchestrator.findings.decision import Kind
from orchestrator.findings.records import Outcome
from orchestrator.findings.remediation import Refused, Risk
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

ME = "arn:aws:sts::200000000001:assumed-role/admin/me"
DESTRUCTIVE = {"s3.8": replace(CLOSING, risk=Risk.DESTRUCTIVE)}


def fixed(world: World) -> str:
    assert world.route(a_finding()) == "fixed"
    (record,) = world.parts.records.since(1, world.time[0])
    return record.id


def test_a_rehearsal_changes_nothing_and_names_a_plan() -> None:
    world = a_world()

    rehearsal = by_hand.rehearse(world.parts, a_finding())

    assert (rehearsal.decision.kind, len(rehearsal.plan)) == (Kind.REMEDIATE, 64)
    assert (world.things.writes, world.table.items, world.sender.sent) == ([], {}, [])
    assert not any(writes for _, writes in world.sessions.opened)


def test_what_is_destructive_never_runs_by_itself_but_on_an_approved_plan() -> None:
    world = a_world(remediations=DESTRUCTIVE)

    assert world.route(a_finding()) == "proposed"
    assert world.things.writes == []
    plan = by_hand.rehearse(world.parts, a_finding()).plan
    record = by_hand.apply(world.parts, a_finding(), plan, ME)

    assert (record.outcome, record.by, world.things.open[BUCKET]) == (Outcome.FIXED, ME, False)


@pytest.mark.parametrize("plan", ["", "0" * 64])
def test_nothing_is_applied_without_the_plan_of_now(plan: str) -> None:
    world = a_world()

    with pytest.raises(Refused, match="make a new one"):
        by_hand.apply(world.parts, a_finding(), plan, ME)
    assert world.things.writes == []


def test_a_resource_that_has_changed_since_the_plan_is_refused() -> None:
    states = [{"open": True, "by": number} for number in range(9)]
    remediation = replace(CLOSING, before=lambda target, aws: states.pop(0))
    world = a_world(remediations={"s3.8": remediation})
    plan = by_hand.rehearse(world.parts, a_finding()).plan

    with pytest.raises(Refused, match="make a new one"):
        by_hand.apply(world.parts, a_finding(), plan, ME)


def test_an_exception_holds_for_people_too() -> None:
    world = a_world(a_matrix(exceptions={"public": an_exception()}))

    assert by_hand.rehearse(world.parts, a_finding()).plan == ""
    with pytest.raises(Refused, match="excepted until"):
        by_hand.apply(world.parts, a_finding(), "x", ME)


def test_what_code_owns_is_applied_by_hand_only_with_force() -> None:
    world = a_world(things=Things({BUCKET: True}, tags={BUCKET: {"terraform": "yes"}}))
    plan = by_hand.rehearse(world.parts, a_finding()).plan

    with pytest.raises(Refused, match="it belongs to the code that tags it terraform=yes"):
        by_hand.apply(world.parts, a_finding(), plan, ME)
    assert by_hand.apply(world.parts, a_finding(), plan, ME, force=True).outcome is Outcome.FIXED


def test_an_undo_brings_back_what_was_and_says_who_wanted_it() -> None:
    world = a_world()
    id_ = fixed(world)

    record = by_hand.undo(world.parts, id_, ME)

    assert world.things.open[BUCKET] is True
    assert (record.outcome, record.undone_by, record.note) == (Outcome.UNDONE, ME, "")
    assert world.hub.notes[-1] == ("NOTIFIED", f"undone {id_} by {ME}")
    assert world.subjects[-1].endswith("was taken back")


def test_what_was_taken_back_is_not_fixed_again_by_itself() -> None:
    world = a_world()
    by_hand.undo(world.parts, fixed(world), ME)

    words = [
        world.route(a_finding(updated=NOW + timedelta(hours=hour)), f"m{hour}") for hour in (1, 2)
    ]
    asked = world.route(a_finding(updated=NOW + timedelta(hours=3), asked="e1"), "m3")

    assert (words, asked) == (["proposed", "proposed"], "fixed")


def test_a_resource_that_was_changed_after_the_fix_is_taken_back_only_with_force() -> None:
    world = a_world()
    id_ = fixed(world)
    world.things.open[BUCKET] = True

    with pytest.raises(Refused, match="changed since the fix"):
        by_hand.undo(world.parts, id_, ME)
    assert by_hand.undo(world.parts, id_, ME, force=True).outcome is Outcome.UNDONE


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda world: world.things.open.clear(), "the resource is gone"),
        (
            lambda world: world.things.created.update({BUCKET: NOW + timedelta(hours=1)}),
            "another one of the same name",
        ),
        (
            lambda world: world.before_states.kept.update(
                dict.fromkeys(world.before_states.kept, "{}")
            ),
            "not the one that was recorded",
        ),
        (lambda world: world.parts.remediations.clear(), "no remediation for S3.8 any more"),
        (
            lambda world: world.parts.remediations.update({"s3.8": replace(CLOSING, undo=None)}),
            "cannot be taken back",
        ),
    ],
)
def test_an_undo_that_would_not_bring_back_what_was_is_refused(change: Any, why: str) -> None:
    world = a_world()
    id_ = fixed(world)
    change(world)

    with pytest.raises(Refused, match=why):
        by_hand.undo(world.parts, id_, ME)
    assert world.things.writes == [f"fix {BUCKET}"]


def test_a_record_can_be_taken_back_once() -> None:
    world = a_world()
    id_ = fixed(world)
    by_hand.undo(world.parts, id_, ME)

    with pytest.raises(Refused, match="nothing to take back: the record says 'undone'"):
        by_hand.undo(world.parts, id_, ME)


@pytest.mark.parametrize("id_", ["", "20261123-0000000000", "../x", "day#1"])
def test_an_unknown_record_is_told(id_: str) -> None:
    with pytest.raises(Refused, match="there is no record"):
        by_hand.undo(a_world().parts, id_, ME)


def test_undos_open_the_breaker() -> None:
    arns = [f"arn:aws:s3:::b{number}" for number in range(3)]
    world = a_world(things=Things(dict.fromkeys(arns, True)))
    for arn in arns[:2]:
        world.route(a_finding(resource=arn), arn)
    for record in world.parts.records.since(1, NOW):
        by_hand.undo(world.parts, record.id, ME)

    assert world.route(a_finding(resource=arns[2]), "m3") == "stopped"


def test_a_decision_to_detect_is_not_fixed_by_hand_either() -> None:
    world = a_world(a_matrix(a_decision("detect")))

    with pytest.raises(Refused, match="It was decided for this test"):
        by_hand.apply(world.parts, a_finding(), "x", ME)
