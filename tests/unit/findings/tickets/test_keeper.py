"""One ticket for a control in an account, from finding to tracker, by the router's own ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator.findings.finding import Finding, Severity
from orchestrator.findings.matrix import Matrix, TicketProject
from orchestrator.findings.progress import Message
from orchestrator.findings.tickets.failures import LEASE, Failures
from orchestrator.findings.tickets.ticket import PATIENCE
from orchestrator.findings.tickets.trackers.api import Answer, Tracker
from orchestrator.findings.tickets.trackers.kinds import Opener
from tests.unit.findings.a_world import (
    BUCKET,
    MATRIX,
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
from tests.unit.findings.test_slow import SLOW, settle
from tests.unit.findings.tickets.a_tracker import KEY, NOW, FakeSecrets, a_project
from tests.unit.findings.tickets.fakes import FAKES, Fake, said


def tickets_of(kind: str, **more: Any) -> dict[str, Any]:
    project = a_project(kind)
    entry = {name: getattr(project, name) for name in ("kind", "url", "project", "secret")}
    teams = {**MATRIX["teams"], "orders": {**MATRIX["teams"]["orders"], "tickets": entry, **more}}
    return {"teams": teams}


def with_tickets(kind: str = "github", decision: str = "detect", **more: Any) -> Matrix:
    return a_matrix(a_decision(decision), **{**tickets_of(kind), **more})


def a_keeping_world(
    fake: Fake, kind: str = "github", matrix: Matrix | None = None, **more: Any
) -> World:
    clock: list[Any] = []
    opener = Opener(FakeSecrets(), fake, lambda: clock[0])
    world = a_world(matrix or with_tickets(kind), trackers=opener.tracker, **more)
    clock.append(world.time[0])
    return world


def tick(world: World) -> tuple[str, ...]:
    """What went wrong with tickets."""
    done = world.router.tick(Message("tick", world.time[0] + timedelta(minutes=5)))
    return next((each.problems for each in done if each.word == "tickets"), ())


def is_open(fake: Fake) -> bool:
    """Whether the only ticket is."""
    return fake.only.open


def failing(world: World, number: int = 0, **more: Any) -> Finding:
    """The finding of one of the account's buckets, as AWS judges it now."""
    resource = f"{BUCKET}-{number}" if number else BUCKET
    return a_finding(id=f"finding/{number}", resource=resource, updated=world.time[0], **more)


def passing(world: World, number: int = 0) -> Finding:
    return replace(failing(world, number), compliance="PASSED")


@pytest.mark.parametrize("kind", sorted(FAKES))
def test_a_ticket_lives_as_long_as_something_fails(kind: str) -> None:
    fake = FAKES[kind]()
    world = a_keeping_world(fake, kind)

    world.route(failing(world))
    assert fake.calls == []
    assert tick(world) == ()
    assert is_open(fake) and BUCKET in fake.words(fake.only)

    world.pass_by(hours=1)
    world.route(failing(world, 1))
    tick(world)
    assert f"{BUCKET}-1" in fake.words(fake.only)
    assert "2 resources" in fake.only.title

    world.pass_by(hours=1)
    for number in (0, 1):
        world.route(passing(world, number))
    tick(world)
    assert not is_open(fake)

    world.pass_by(hours=1)
    world.route(failing(world))
    assert tick(world) == ()
    assert is_open(fake) and "1 resources" in fake.only.title
    assert [text for _, text in fake.only.comments] == [
        "2 resources fail now.",
        "Nothing fails any more, or it is excepted: closed.",
        "Opened again: it fails still, or again.",
    ]


def test_many_findings_between_two_ticks_are_one_call_to_create() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    for number in range(30):
        world.route(failing(world, number))

    tick(world)
    writes = list(fake.writes)
    world.pass_by(minutes=5)
    tick(world)

    assert writes == fake.writes == ["POST /repos/example/tickets/issues"]


def test_the_same_result_again_asks_no_tracker() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    world.route(failing(world))
    tick(world)
    calls = len(fake.calls)

    world.pass_by(hours=2)
    world.route(failing(world))
    tick(world)

    assert len(fake.calls) == calls


@pytest.mark.parametrize("kind", sorted(FAKES))
def test_a_lost_table_makes_no_second_ticket(kind: str) -> None:
    fake = FAKES[kind]()
    first = a_keeping_world(fake, kind)
    first.route(failing(first))
    tick(first)

    second = a_keeping_world(fake, kind, table=FakeTable())
    second.route(failing(second, 1))
    tick(second)

    assert f"{BUCKET}-1" in fake.words(fake.only)


def test_a_crash_after_the_ticket_was_made_makes_no_second_one() -> None:
    """The tick dies before it can write down where the ticket is; its lease runs out."""

    class DiesOnce(FakeTable):
        dead = False

        def put(self, item: Any, expires: int) -> bool:
            if item.data.get("place") and not self.dead:
                self.dead = True
                raise KeyboardInterrupt
            return super().put(item, expires)

    fake = FAKES["github"]()
    world = a_keeping_world(fake, table=DiesOnce())
    world.route(failing(world))
    with pytest.raises(KeyboardInterrupt):
        tick(world)
    assert is_open(fake)

    assert tick(world) == ()
    assert len(fake.writes) == 1

    world.pass_by(minutes=6)
    tick(world)
    assert is_open(fake)


def test_two_ticks_at_a_time_are_one() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    world.route(failing(world))
    Failures(world.table, 400).lease(NOW + timedelta(minutes=4), NOW)

    tick(world)
    assert fake.calls == []

    world.pass_by(minutes=5)
    tick(world)
    assert len(fake.issues) == 1
    assert world.table.items[LEASE].data == {"until": ""}


def test_a_ticket_closed_by_hand_rests_for_a_day_and_is_opened_again_if_that_did_not_help() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    world.route(failing(world))
    tick(world)
    fake.only.open = False

    world.pass_by(hours=7)
    tick(world)
    assert not is_open(fake)

    world.pass_by(hours=PATIENCE // timedelta(hours=1) - 1)
    tick(world)
    assert not is_open(fake)

    world.pass_by(hours=6)
    tick(world)
    assert is_open(fake)
    assert fake.only.comments[-1][1].startswith("Opened again")


def test_a_ticket_closed_by_hand_is_opened_at_once_when_something_else_fails() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    world.route(failing(world))
    tick(world)
    fake.only.open = False

    world.pass_by(minutes=30)
    world.route(failing(world, 1))
    tick(world)

    assert is_open(fake) and f"{BUCKET}-1" in fake.only.text


def test_a_ticket_closed_by_hand_after_a_repair_stays_closed() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    world.route(failing(world))
    tick(world)
    fake.only.open = False

    world.pass_by(hours=2)
    world.route(passing(world))
    tick(world)
    world.pass_by(days=3)
    tick(world)

    assert not is_open(fake) and fake.only.comments == []


def test_a_closed_incident_of_servicenow_is_followed_by_a_new_one_after_the_same_rest() -> None:
    fake = FAKES["servicenow"]()
    world = a_keeping_world(fake, "servicenow")
    world.route(failing(world))
    tick(world)
    first = fake.only
    first.fields["state"] = "7"

    for hours in (7, 10, 10):
        world.pass_by(hours=hours)
        tick(world)
    assert len(fake.issues) == 1

    world.pass_by(hours=7)
    tick(world)
    world.pass_by(days=1)
    tick(world)
    assert len(fake.issues) == 2


def test_a_ticket_that_somebody_deleted_is_made_anew() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    world.route(failing(world))
    tick(world)
    fake.issues.clear()

    world.pass_by(hours=7)
    tick(world)

    assert is_open(fake)


def test_an_exception_closes_the_ticket_at_the_next_look_of_aws() -> None:
    fake = FAKES["github"]()
    before = a_keeping_world(fake)
    before.route(failing(before))
    tick(before)

    excepted = with_tickets(exceptions={"public": an_exception()})
    after = a_keeping_world(fake, matrix=excepted, table=before.table)
    after.pass_by(hours=12)
    after.route(failing(after))
    tick(after)

    assert not is_open(fake)


def test_an_update_that_comes_late_closes_nothing() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    late = passing(world)
    world.pass_by(hours=1)
    world.route(failing(world))
    world.route(late)
    tick(world)

    assert is_open(fake)


def test_what_is_fixed_at_once_needs_no_ticket() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake, matrix=with_tickets(decision="remediate"))
    assert world.route(failing(world)) == "fixed"
    tick(world)

    assert fake.calls == []


def test_a_fix_that_does_not_help_is_a_ticket() -> None:
    fake = FAKES["github"]()
    matrix = with_tickets(decision="remediate")
    world = a_keeping_world(fake, matrix=matrix, things=Things({BUCKET: True}, stubborn=True))
    assert world.route(failing(world)) == "failing"
    tick(world)

    assert "was fixed, but still fails" in fake.only.text


@pytest.mark.parametrize(
    ("more", "finding"),
    [
        ({"severity": "critical"}, {}),
        ({"services": ["ec2"]}, {}),
        ({}, {"control": "", "product": "GuardDuty"}),
    ],
)
def test_what_the_team_does_not_want_or_no_control_found_is_no_ticket(
    more: dict[str, Any], finding: dict[str, Any]
) -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(
        fake, matrix=a_matrix(a_decision("detect"), **tickets_of("github", **more))
    )
    world.route(failing(world, **finding))
    tick(world)

    assert fake.calls == []


def test_a_tracker_that_is_away_is_named_once_and_tried_again_and_nothing_is_lost() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    world.route(failing(world))
    fake.answers = [ConnectionRefusedError()] * 3

    problems = []
    while fake.answers:
        problems.append(tick(world))
        world.pass_by(minutes=5)
    assert [each for each in problems if each] == [
        (f"ticket {KEY}: api.github.com is not reached: ConnectionRefusedError",)
    ]
    assert len(problems) > 3

    world.pass_by(hours=6)
    assert tick(world) == ()
    assert is_open(fake)


def test_a_tracker_that_is_asked_too_often_is_left_alone_for_as_long_as_it_says() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake, matrix=with_tickets(decision="detect"))
    world.route(failing(world))
    fake.answers = [Answer(429, {"retry-after": "1200"})]

    assert tick(world) == ()
    for _ in range(3):
        world.pass_by(minutes=5)
        tick(world)
    assert len(fake.calls) == 1

    world.pass_by(minutes=6)
    tick(world)
    assert is_open(fake)


def test_a_secret_that_cannot_be_read_is_a_problem_and_stops_no_finding() -> None:
    def refused(_: TicketProject) -> Tracker:
        raise a_refusal("AccessDeniedException")

    world = a_world(with_tickets(), trackers=refused)
    assert world.route(failing(world)) == "told"
    (problem,) = tick(world)
    assert "AccessDeniedException" in problem


@pytest.mark.parametrize(
    "answer",
    [said(200, {"no": "list"}), said(200, [{"body": f"<!-- {KEY} -->"}]), said(200, 7)],
)
def test_an_answer_of_another_shape_is_a_problem_and_no_crash(answer: Answer) -> None:
    fake = FAKES["github"](answers=[answer])
    world = a_keeping_world(fake)
    world.route(failing(world))

    (problem,) = tick(world)
    assert problem.startswith(f"ticket {KEY}: ")


def test_a_table_that_fails_loses_no_finding() -> None:
    """It goes on with the message that comes again."""

    class Fails(FakeTable):
        failing = True

        def put(self, item: Any, expires: int) -> bool:
            if item.key.pk.startswith("tickets") and self.failing:
                raise a_refusal("InternalServerError", 500)
            return super().put(item, expires)

    table = Fails()
    fake = FAKES["github"]()
    world = a_keeping_world(fake, table=table)
    with pytest.raises(ClientError):
        world.route(failing(world))
    table.failing = False
    world.pass_by(minutes=3)
    world.route(failing(world), "m1")
    tick(world)

    assert is_open(fake)


def test_another_tracker_begins_with_tickets_of_its_own() -> None:
    first, second = FAKES["github"](), FAKES["jira"]()
    world = a_keeping_world(first)
    world.route(failing(world))
    tick(world)

    moved = a_keeping_world(second, "jira", table=world.table)
    moved.pass_by(hours=7)
    tick(moved)

    assert is_open(second)
    assert second.only.labels == ["orchestrator", KEY]


def test_a_slow_fix_is_no_ticket_until_it_has_settled_badly() -> None:
    fake = FAKES["github"]()
    matrix = a_matrix(a_decision(control="RDS.2"), **tickets_of("github"))
    things = Things({BUCKET: True}, {BUCKET: {"status": "modifying"}}, stubborn=True)
    clock: list[Any] = []
    opener = Opener(FakeSecrets(), fake, lambda: clock[0])
    world = a_world(matrix, {"rds.2": SLOW}, things, trackers=opener.tracker)
    clock.append(world.time[0])

    assert world.route(failing(world, control="RDS.2")) == "on_its_way"
    tick(world)
    assert fake.calls == []

    things.tags.clear()
    world.pass_by(hours=7)
    tick(world)
    assert "was fixed, but still fails" in fake.only.text


def test_a_slow_fix_that_settles_well_closes_the_ticket_of_before() -> None:
    fake = FAKES["github"]()
    told = a_matrix(a_decision("detect", "RDS.2"), **tickets_of("github"))
    world = a_keeping_world(fake, matrix=told)
    world.route(failing(world, control="RDS.2"))
    tick(world)
    assert is_open(fake)

    decided = a_matrix(a_decision(control="RDS.2"), **tickets_of("github"))
    things = Things({BUCKET: True}, {BUCKET: {"status": "modifying"}}, stubborn=True)
    opener = Opener(FakeSecrets(), fake, lambda: later.time[0])
    later = a_world(decided, {"rds.2": SLOW}, things, world.table, NOW, trackers=opener.tracker)
    later.pass_by(hours=1)
    assert later.route(failing(later, control="RDS.2")) == "on_its_way"
    settle(later)
    later.pass_by(hours=1)
    tick(later)

    assert not is_open(fake)


def test_what_another_version_has_kept_is_gone_on_with() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    world.route(failing(world))
    for key, item in list(world.table.items.items()):
        if key.pk.startswith("tickets"):
            data = {**item.data, "of_tomorrow": 1}
            data.pop("help", None)
            data.pop("problem", None)
            world.table.items[key] = replace(item, data=data)

    world.pass_by(hours=1)
    world.route(failing(world, 1))
    assert tick(world) == ()
    assert "2 resources" in fake.only.title


def test_standards_that_call_one_failure_by_two_severities_do_not_rewrite_the_ticket() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    for severity in (Severity.HIGH, Severity.LOW, Severity.HIGH, Severity.LOW):
        world.route(failing(world, severity=severity))
        tick(world)
        world.pass_by(hours=1)

    assert fake.only.title.startswith("[HIGH]")
    assert len(fake.writes) == 1
