"""An invocation may die between any two calls, and AWS may refuse any; two may be at one finding.

Each story is told once in peace, to count its calls to the table, the kept states, AWS, Security
Hub and the teams. Then it is told again for each of them: the process dies before it, or after it,
or AWS throttles it. In the end the record must say what has become of the resource.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum
from threading import Lock
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator.findings import by_hand
from orchestrator.findings.errors import Retry
from orchestrator.findings.progress import Message, Progress
from orchestrator.findings.records import Outcome, Record
from orchestrator.findings.remediation import Aws, Check, Json, Refused, Remediation, Status, Target
from orchestrator.findings.table import Item
from tests.unit.findings.a_world import (
    BUCKET,
    CLOSING,
    NOW,
    FakeTable,
    Things,
    World,
    a_finding,
    a_refusal,
    a_world,
)

ME = "arn:aws:sts::200000000001:assumed-role/admin/me"
LOG = f"{BUCKET}#log"
"""The second thing that a fix of two calls closes."""


class Died(BaseException):
    """The process is over, at once."""


class Accident(Enum):
    """What happens to one call."""

    BEFORE = "dies before it"
    AFTER = "dies after it"
    THROTTLED = "is throttled"


@dataclass
class Fate:
    """Counts calls, and lets one of them end in an accident, once."""

    at: int = 0
    accident: Accident = Accident.BEFORE
    calls: int = 0
    met: bool = False

    def __call__(self, call: Callable[[], Any]) -> Any:
        self.calls += 1
        if self.calls != self.at:
            return call()
        self.met = True
        if self.accident is Accident.THROTTLED:
            raise a_refusal("ThrottlingException")
        answer = call() if self.accident is Accident.AFTER else None
        if self.accident in Accident:
            raise Died
        return answer

    def sentence(self, at: int, accident: Accident) -> None:
        """From now on: the call of that number, counted from here."""
        self.calls, self.at, self.accident, self.met = 0, at, accident, False


def both(things: Things) -> dict[str, bool | None]:
    return {"open": things.open.get(BUCKET), "log": things.open.get(LOG)}


def before_both(_: Target, aws: Aws) -> Json:
    return both(aws("things"))


def check_both(_: Target, aws: Aws) -> Check:
    things: Things = aws("things")
    return Check(Status.FAILS if any(both(things).values()) else Status.PASSES)


def fix_both(target: Target, aws: Aws, before: Json) -> None:
    CLOSING.fix(target, aws, before)
    CLOSING.fix(replace(target, arn=LOG), aws, before)


def undo_both(target: Target, aws: Aws, before: Json) -> None:
    assert CLOSING.undo
    CLOSING.undo(target, aws, before)
    CLOSING.undo(replace(target, arn=LOG), aws, {"open": before["log"]})


TWO_CALLS = replace(CLOSING, before=before_both, check=check_both, fix=fix_both, undo=undo_both)
REMEDIATIONS = {"one call": CLOSING, "two calls": TWO_CALLS}

Story = Callable[[World], None]


def world_of(remediation: Remediation, fate: Fate) -> World:
    things = Things({BUCKET: True, LOG: remediation is TWO_CALLS}, step=fate)
    return a_world(remediations={"s3.8": remediation}, things=things, step=fate)


def accidents(remediation: Remediation, prepare: Story, story: Story) -> Iterator[World]:
    """A world after each accident that the story can meet; each is in an orderly state before."""
    fate = Fate()
    world = world_of(remediation, fate)
    prepare(world)
    fate.sentence(0, Accident.BEFORE)
    story(world)
    calls = fate.calls
    assert calls > 5
    for accident in Accident:
        for at in range(1, calls + 1):
            fate = Fate()
            world = world_of(remediation, fate)
            prepare(world)
            fate.sentence(at, accident)
            with suppress(Died, Retry, Refused, ClientError):
                story(world)
            assert fate.met, (accident, at)
            fate.sentence(0, accident)
            yield world


def nothing(_: World) -> None:
    pass


def fix(world: World) -> None:
    assert world.route(a_finding()) == "fixed"


def undo(world: World) -> None:
    by_hand.undo(world.parts, the_record(world).id, ME)


def by_a_person(world: World) -> None:
    plan = by_hand.rehearse(world.parts, a_finding()).plan
    by_hand.apply(world.parts, a_finding(), plan, ME)


def the_record(world: World) -> Record:
    (record,) = world.parts.records.since(2, world.time[0])
    return record


def tick(world: World) -> None:
    world.router.tick(Message("tick", world.time[0] + timedelta(minutes=2)))


def time_goes_on(world: World) -> None:
    """An hour and a half, in which the function looks after what was left."""
    for _ in range(6):
        world.pass_by(minutes=16)
        tick(world)


def until_done(world: World) -> str:
    """The same message again and again, as the queue brings it, until it is done."""
    for _ in range(5):
        try:
            return world.route(a_finding())
        except (Died, Retry):
            world.pass_by(minutes=12)
    raise AssertionError("never done")


def is_closed(world: World) -> bool:
    return not world.things.open[BUCKET] and not world.things.open[LOG]


def is_as_it_was(world: World, remediation: Remediation) -> bool:
    return world.things.open == {BUCKET: True, LOG: remediation is TWO_CALLS}


each_remediation = pytest.mark.parametrize("name", REMEDIATIONS)


@each_remediation
def test_wherever_a_fix_breaks_off_there_is_one_record_and_word_of_it(name: str) -> None:
    remediation, met = REMEDIATIONS[name], 0
    kept = {"one call": {"open": True}, "two calls": {"open": True, "log": True}}[name]
    for world in accidents(remediation, nothing, fix):
        met += 1

        until_done(world)

        record = the_record(world)
        assert is_closed(world)
        assert record.outcome is Outcome.FIXED
        assert json.loads(world.before_states.kept[record.id]) == kept
        assert world.route(a_finding(), "a copy") in {"duplicate", "late"}
        world.pass_by(hours=1)
        tick(world)
        assert 1 <= len(world.sender.sent) <= 2
        assert all(BUCKET in written.text for _, written in world.sender.sent)
    assert met >= 40


@each_remediation
def test_wherever_an_undo_breaks_off_it_is_known_what_became_of_it(name: str) -> None:
    remediation, ends = REMEDIATIONS[name], Counter[Outcome]()
    for world in accidents(remediation, fix, undo):
        time_goes_on(world)

        record = the_record(world)
        state = world.parts.states.get(record.key)
        ends[record.outcome] += 1
        assert state
        if is_as_it_was(world, remediation):
            assert (record.outcome, record.undone_by) == (Outcome.UNDONE, ME)
            assert state.status is Progress.UNDONE
            assert any("taken back" in written.text for _, written in world.sender.sent)
        elif is_closed(world):
            assert (record.outcome, record.undone_by) == (Outcome.FIXED, "")
            assert state.status is Progress.FIXED
        else:
            assert record.outcome is Outcome.UNDOING
            assert "neither as it was nor as the fix left it" in record.note
            assert state.status is Progress.UNDONE
            assert world.subjects[-1].endswith("was perhaps taken back in part")
        assert world.parts.rechecks.due(world.time[0] + timedelta(days=9), 9) == ()
    assert ends.total() >= 40
    assert set(ends) == {Outcome.UNDONE, Outcome.FIXED} | (
        {Outcome.UNDOING} if remediation is TWO_CALLS else set()
    )


@each_remediation
def test_what_an_undo_may_have_opened_is_never_fixed_by_itself(name: str) -> None:
    remediation, opened = REMEDIATIONS[name], 0
    for world in accidents(remediation, fix, undo):
        if is_closed(world):
            continue
        opened += 1
        fixes = [write for write in world.things.writes if write.startswith("fix")]
        for minutes in (1, 5, 20, 40, 90):
            fails = a_finding(updated=world.time[0] + timedelta(minutes=minutes))
            world.time[0] = fails.updated
            try:
                assert world.route(fails, f"m{minutes}") in {"proposed", "late"}
            except Retry as retry:
                assert "another invocation" in str(retry)
            tick(world)
        assert [write for write in world.things.writes if write.startswith("fix")] == fixes
        assert not is_closed(world)
    assert opened >= 8


@each_remediation
def test_an_undo_that_broke_off_can_be_run_again_at_once(name: str) -> None:
    remediation, again = REMEDIATIONS[name], 0
    for world in accidents(remediation, fix, undo):
        id_ = the_record(world).id
        if the_record(world).outcome is Outcome.UNDONE:
            continue
        again += 1
        halfway = not is_closed(world) and not is_as_it_was(world, remediation)
        if halfway:
            with pytest.raises(Refused, match="changed since the fix"):
                by_hand.undo(world.parts, id_, ME)

        by_hand.undo(world.parts, id_, ME, force=halfway)

        assert is_as_it_was(world, remediation)
        assert the_record(world).outcome is Outcome.UNDONE
    assert again >= 10


@each_remediation
def test_wherever_a_fix_by_hand_breaks_off_it_is_known_and_can_be_taken_back(name: str) -> None:
    remediation, met = REMEDIATIONS[name], 0
    for world in accidents(remediation, nothing, by_a_person):
        met += 1
        time_goes_on(world)

        records = world.parts.records.since(2, world.time[0])
        if is_closed(world):
            assert [record.outcome for record in records] == [Outcome.FIXED]
        assert all(
            record.outcome in {Outcome.FIXED, Outcome.FAILING, Outcome.FAILED} for record in records
        )
        if not is_as_it_was(world, remediation):
            (record,) = records
            by_hand.undo(world.parts, record.id, ME, force=not is_closed(world))
            assert is_as_it_was(world, remediation)
    assert met >= 40


@each_remediation
def test_a_fix_that_died_before_its_record_said_so_can_be_taken_back(name: str) -> None:
    remediation, taken_back = REMEDIATIONS[name], 0
    for world in accidents(remediation, nothing, fix):
        records = world.parts.records.since(2, world.time[0])
        if not records or records[0].outcome is not Outcome.FIXING:
            continue
        world.pass_by(minutes=20)
        if is_as_it_was(world, remediation):
            with pytest.raises(Refused, match="the fix has changed nothing"):
                by_hand.undo(world.parts, records[0].id, ME)
            continue
        taken_back += 1
        by_hand.undo(world.parts, records[0].id, ME, force=not is_closed(world))
        assert is_as_it_was(world, remediation)
        assert the_record(world).outcome is Outcome.UNDONE
    assert taken_back >= 3


def test_an_undo_waits_while_the_function_is_at_the_finding() -> None:
    world = a_world()
    fix(world)
    record = the_record(world)
    world.things.failing["check"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        world.route(a_finding(updated=NOW + timedelta(minutes=1)), "m2")
    world.things.failing.clear()

    with pytest.raises(Refused, match="another invocation is at this finding"):
        by_hand.undo(world.parts, record.id, ME)

    assert world.parts.records.get(record.id) == record
    assert world.things.writes == [f"fix {BUCKET}"]


def test_what_was_seen_before_an_undo_does_not_end_it() -> None:
    """Security Hub tells late that the resource has passed; what fails after that is no news."""
    world = a_world()
    fix(world)
    undo(world)
    passed = a_finding(updated=NOW + timedelta(minutes=20), compliance="PASSED")

    world.route(passed, "late news")
    world.pass_by(minutes=30)
    fails = a_finding(updated=NOW + timedelta(minutes=30))

    assert world.route(fails, "m3") == "proposed"


@dataclass
class FakeQueues:
    """The dead-letter queue and the queue; every call is a step."""

    step: Fate
    dead: dict[str, str]
    queue: list[str] = field(default_factory=list)

    def receive_message(self, **_: Any) -> Any:
        found = self.step(lambda: list(self.dead.items()))
        return {"Messages": [{"Body": body, "ReceiptHandle": id_} for id_, body in found]}

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803
        self.step(lambda: self.queue.append(MessageBody))

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        self.step(lambda: self.dead.pop(ReceiptHandle))


@pytest.mark.parametrize("accident", Accident)
def test_wherever_a_replay_breaks_off_no_message_is_lost(accident: Accident) -> None:
    letters = {str(number): f"body {number}" for number in range(3)}
    calls = Fate()
    by_hand.replay_dead_letters(FakeQueues(calls, dict(letters)), "dead", "queue")
    for at in range(1, calls.calls + 1):
        queues = FakeQueues(Fate(at, accident), dict(letters))
        try:
            by_hand.replay_dead_letters(queues, "dead", "queue")
        except (Died, ClientError):
            by_hand.replay_dead_letters(queues, "dead", "queue")

        assert queues.dead == {}
        assert set(queues.queue) == set(letters.values())
    assert calls.calls >= 8


@dataclass
class SharedTable(FakeTable):
    lock: Any = field(default_factory=Lock)

    def put(self, item: Item, expires: int) -> bool:
        with self.lock:
            return super().put(item, expires)


def test_of_many_invocations_with_the_same_finding_one_fixes_it() -> None:
    world = a_world(table=SharedTable())

    def one(number: int) -> str:
        try:
            return world.route(a_finding(), f"m{number}")
        except Retry:
            return "retry"

    with ThreadPoolExecutor(16) as pool:
        words = Counter(pool.map(one, range(200)))

    assert words == {"fixed": 1, "duplicate": 199}
    assert world.things.writes == [f"fix {BUCKET}"]
