"""Taking a fix back by hand: what is looked at, what is asked, and what is wanted."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from orchestrator.app.remediation import Undoing, take_back
from orchestrator.controls.operator import Operator
from orchestrator.errors import UsageError
from orchestrator.findings import by_hand
from orchestrator.findings.records import Outcome, Record
from orchestrator.findings.remediation import Refused
from orchestrator.findings.undo import Standing, Stands
from orchestrator.views import fixes
from tests.unit.findings.a_world import (
    BUCKET,
    World,
    a_decision,
    a_finding,
    a_matrix,
    a_world,
    an_exception,
)

ME = "arn:aws:sts::200000000001:assumed-role/admin/me"
WHY = "It breaks the nightly import."


@dataclass
class AtHand:
    """The findings function of a small world, worked by hand."""

    world: World

    def record(self, id_: str) -> Record | None:
        return self.world.parts.records.get(id_)

    def standing(self, record: Record) -> Standing:
        return by_hand.standing(self.world.parts, record)

    def undo(self, id_: str, *, force: bool, why: str) -> Record:
        return by_hand.undo(self.world.parts, id_, ME, force=force, why=why)


def fixed(world: World) -> str:
    assert world.route(a_finding()) == "fixed"
    (record,) = world.parts.records.since(1, world.time[0])
    return record.id


def undo(world: World, id_: str, why: str = "", matrix: Any = None) -> tuple[Record, Undoing]:
    """The record, and what a person was shown before."""
    asked: list[Undoing] = []

    def agree(undoing: Undoing) -> str:
        asked.append(undoing)
        assert world.things.open[BUCKET] is False
        return why

    operator = cast("Operator", AtHand(world))
    return take_back(operator, matrix or world.matrix, id_, agree), asked[0]


def test_an_undo_shows_what_it_would_change_and_what_is_open_again_before_it_asks() -> None:
    world = a_world()

    record, asked = undo(world, fixed(world), WHY)

    assert (record.outcome, record.undone_why) == (Outcome.UNDONE, WHY)
    assert world.hub.notes[-1][1].endswith(f"by {ME}: {WHY}")
    assert WHY in world.sender.sent[-1][1].text
    said = fixes.undoing(asked.shown, asked.excepted)
    assert "the resource now: as the fix left it" in said
    assert '-  "open": false' in said
    assert '+  "open": true' in said
    assert "after it fails again: S3.8 (high): S3 buckets should block public access" in said
    assert "DANGER: What the bucket's policy or list gives to the public is public again." in said
    assert "exception: none covers it" in said


def test_what_would_be_remediated_again_is_not_taken_back_without_a_reason() -> None:
    world = a_world()
    id_ = fixed(world)

    with pytest.raises(UsageError, match="no exception covers") as error:
        undo(world, id_)

    assert "--reason" in error.value.fix
    assert world.things.open[BUCKET] is False
    assert world.parts.records.get(id_).outcome is Outcome.FIXED  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "matrix",
    [a_matrix(exceptions={"public": an_exception()}), a_matrix(a_decision("detect"))],
    ids=["excepted since", "no longer remediated"],
)
def test_what_nothing_fixes_again_needs_no_reason(matrix: Any) -> None:
    world = a_world()

    record, asked = undo(world, fixed(world), matrix=matrix)

    assert (record.outcome, asked.refixed) == (Outcome.UNDONE, False)


def test_a_record_that_cannot_be_undone_is_refused_before_anything_is_asked() -> None:
    world = a_world()
    id_ = fixed(world)
    undo(world, id_, WHY)

    with pytest.raises(Refused, match="the record says 'undone'"):
        undo(world, id_, WHY)
    with pytest.raises(UsageError, match="no record 'x' is kept"):
        undo(world, "x", WHY)


def test_a_record_is_shown_with_what_the_fix_changed_and_how_the_resource_is_now() -> None:
    world = a_world()
    record = world.parts.records.get(fixed(world))
    assert record
    said = fixes.record(record, undoable=True, standing=AtHand(world).standing(record))

    assert "the resource now: as the fix left it" in said
    assert '-  "open": true' in said
    assert '+  "open": false' in said

    world.things.open[BUCKET] = True
    assert AtHand(world).standing(record).stands is Stands.AS_BEFORE
    world.things.open.clear()
    gone = AtHand(world).standing(record)
    assert gone.stands is Stands.GONE
    shown = json.loads(fixes.record_json(record, gone))["resource"]
    assert shown == {
        "stands": "gone",
        "why": "",
        "before": {"open": True},
        "after": {"open": False},
        "now": None,
    }


def test_what_cannot_be_read_is_not_taken_for_unchanged() -> None:
    world = a_world()
    record = world.parts.records.get(fixed(world))
    assert record
    world.things.failing["check"] = Refused("the account is closed")
    world.before_states.kept_after.clear()

    said = fixes.record(record, undoable=True, standing=AtHand(world).standing(record))

    assert "the resource now: cannot be read: the account is closed" in said
    assert "not known: the state after it is not kept, or cannot be read" in said


def test_policies_are_compared_as_json_and_what_is_long_says_how_to_see_all() -> None:
    policy = {"Statement": [{"Sid": f"s{number}", "Effect": "Allow"} for number in range(40)]}
    shut = {"Statement": policy["Statement"][:-1]}

    lines = fixes.changed({"policy": json.dumps(policy)}, {"policy": json.dumps(shut)})
    assert len(lines) < 15
    assert any('"Sid": "s39"' in line and line.startswith("    -") for line in lines)

    lines = fixes.changed({"policy": json.dumps(policy)}, {"policy": ""})
    assert lines[-1].endswith("lines more: --format json")
    assert "\x1b" not in "".join(fixes.changed({"name": "\x1b[31m"}, {"name": ""}))
    assert fixes.changed({"a": 1}, {"a": 1}) == ["    nothing"]


def test_a_standing_names_only_what_is_known() -> None:
    world = a_world()
    record = world.parts.records.get(fixed(world))
    assert record
    world.parts.remediations.clear()  # type: ignore[attr-defined]

    standing = AtHand(world).standing(replace(record))

    assert (standing.stands, standing.now) == (Stands.UNKNOWN, None)
