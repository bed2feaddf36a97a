from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.findings import by_hand
from orchestrator.findings.errors import Retry
from orchestrator.findings.finding import Finding, Severity
from orchestrator.findings.messages.notifier import PARTITION
from orchestrator.findings.progress import Message, Progress
from orchestrator.findings.records import Outcome, Record
from orchestrator.findings.remediation import Aws, Check, Json, Naming, Refused, Target
from tests.unit.findings.a_world import (
    ACCOUNT,
    BUCKET,
    CLOSING,
    HOME,
    MATRIX,
    NOW,
    Things,
    World,
    a_decision,
    a_finding,
    a_matrix,
    a_refusal,
    a_world,
    an_exception,
    with_rules,
)


def newer(minutes: int, **more: Any) -> Finding:
    return a_finding(updated=NOW + timedelta(minutes=minutes), **more)


def records(world: World) -> tuple[Record, ...]:
    return world.parts.records.since(3, world.time[0])


def test_a_finding_is_fixed_recorded_noted_and_told() -> None:
    world = a_world()

    word = world.route(a_finding())

    (record,) = records(world)
    assert (word, world.things.open[BUCKET]) == ("fixed", False)
    assert (record.outcome, record.team, record.by) == (Outcome.FIXED, "orders", "function")
    assert world.before_states.kept[record.id] == '{"open":true}'
    assert world.hub.notes == [("RESOLVED", f"fixed {record.id}: It was decided for this test.")]
    assert world.subjects == ["[HIGH] S3.8 in orders-prod (200000000007) was fixed"]


def test_a_look_cannot_write_and_only_the_fix_opens_a_session_that_can() -> None:
    world = a_world()

    world.route(a_finding())

    assert [writes for _, writes in world.sessions.opened] == [False, False, True]


def test_copies_late_updates_and_our_own_echo_have_no_effect() -> None:
    world = a_world()
    world.route(a_finding())
    world.things.open[BUCKET] = True

    words = [
        world.route(a_finding(), "m2"),
        world.route(a_finding(id="the member's copy"), "m3"),
        world.route(a_finding(updated=NOW - timedelta(hours=2)), "m4"),
        world.route(a_finding(workflow="RESOLVED", ours=True), "m5"),
        world.route(a_finding(workflow="NOTIFIED", ours=True), "m6"),
    ]

    assert words == ["duplicate", "duplicate", "late", "ignore", "duplicate"]
    assert world.things.writes == [f"fix {BUCKET}"]
    assert len(world.sender.sent) == len(world.hub.notes) == 1


def of_standard(standard: str, minutes: int, **more: Any) -> Finding:
    """As each standard tells it where control findings are not consolidated.

    Source: AWS Security Hub User Guide, "Consolidated control findings".
    """
    id_ = f"arn:aws:securityhub:{HOME}:{ACCOUNT}:subscription/{standard}/S3.8/finding/1"
    return a_finding(id=id_, updated=NOW + timedelta(minutes=minutes), **more)


STANDARDS = ("aws-foundational-security-best-practices/v/1.0.0", "pci-dss/v/3.2.1", "nist-800-53/v")


@pytest.mark.parametrize(("stubborn", "word"), [(False, "fixed"), (True, "failing")])
def test_a_control_that_several_standards_tell_has_one_effect(stubborn: bool, word: str) -> None:
    world = a_world(things=Things({BUCKET: True}, stubborn=stubborn))

    words = [
        world.route(of_standard(each, minutes), f"m{minutes}")
        for minutes, each in enumerate(STANDARDS, start=-3)
    ]

    assert words == [word, "duplicate", "duplicate"]
    assert world.things.writes == [f"fix {BUCKET}"]
    assert len(world.subjects) == len(records(world)) == 1
    state = world.parts.states.get(a_finding().key)
    assert state and state.attempts == 1
    assert len(world.parts.breakers.state("S3.8").failures) == int(stubborn)


def test_standards_that_call_it_more_or_less_bad_tell_a_team_once_and_once_more() -> None:
    world = a_world(a_matrix(a_decision("detect")))
    fsbp, pci, _ = STANDARDS
    for day in range(0, 4, 2):
        world.route(of_standard(fsbp, 1440 * day, severity=Severity.MEDIUM), f"f{day}")
        world.pass_by(days=1)
        world.route(of_standard(pci, 1440 * (day + 1), severity=Severity.HIGH), f"p{day}")
        world.pass_by(days=1)

    (digest,) = world.table.query(PARTITION)
    assert [len(world.subjects), digest.data["count"]] == [1, 1]


INTERNAL = "arn:aws:s3:::id/B0CKET"
NAMED = replace(CLOSING, naming=Naming(r"arn:aws:s3:::id/(.+)", lambda _, __, aws: next(find(aws))))


def find(aws: Aws) -> Iterator[str]:
    things: Things = aws("things")
    things.ask("find")
    return iter(things.open)


def test_a_finding_with_an_internal_id_is_fixed_and_undone_by_the_name() -> None:
    world = a_world(remediations={"s3.8": NAMED})
    finding = a_finding(resource=INTERNAL)

    assert world.route(finding) == "fixed"
    (record,) = records(world)
    assert (record.resource, record.key) == (BUCKET, finding.key)
    assert by_hand.undo(world.parts, record.id, "me").outcome is Outcome.UNDONE
    assert world.things.writes == [f"fix {BUCKET}", f"undo {BUCKET}"]


def test_an_exception_for_a_name_holds_for_a_finding_with_an_internal_id() -> None:
    matrix = a_matrix(exceptions={"public": an_exception(resources=[BUCKET])})
    world = a_world(matrix, {"s3.8": NAMED})

    assert world.route(a_finding(resource=INTERNAL)) == "ignore"
    assert by_hand.rehearse(world.parts, a_finding(resource=INTERNAL)).plan == ""
    assert world.things.writes == []


def test_what_cannot_be_named_might_be_excepted_and_is_not_fixed() -> None:
    world = a_world(remediations={"s3.8": NAMED})
    world.things.failing["find"] = a_refusal("AccessDenied")

    assert world.route(a_finding(resource=INTERNAL)) == "refused"
    rehearsal = by_hand.rehearse(world.parts, a_finding(resource=INTERNAL))
    assert rehearsal.decision.reason == "its name cannot be read: PutThing: AccessDenied: said so"
    assert world.things.writes == []


def test_a_remediation_is_given_the_control_as_it_spells_it() -> None:
    """Ids are the same in any case; remediations look them up in tables."""
    asked = list[str]()

    def spy(target: Target, aws: Aws) -> Check:
        asked.append(target.control)
        return CLOSING.check(target, aws)

    world = a_world(remediations={"s3.8": replace(CLOSING, check=spy)})

    assert world.route(a_finding(control="s3.8")) == "fixed"
    assert set(asked) == {"S3.8"}


def test_a_finding_of_another_region_account_or_resource_is_another_finding() -> None:
    world = a_world(things=Things({BUCKET: True, "arn:aws:s3:::b": True}))

    words = [world.route(a_finding()), world.route(a_finding(resource="arn:aws:s3:::b"))]

    assert words == ["fixed", "fixed"]


def test_what_fails_again_is_fixed_again_but_not_for_ever() -> None:
    world = a_world()
    words = []
    for hour in range(1, 6):
        words.append(world.route(newer(hour * 60), f"m{hour}"))
        world.things.open[BUCKET] = True
        world.route(newer(hour * 60 + 1, compliance="PASSED"), f"p{hour}")

    assert words == ["fixed", "fixed", "fixed", "proposed", "proposed"]
    assert len(world.things.writes) == 3


def test_a_fix_that_does_not_help_is_tried_a_few_times() -> None:
    world = a_world(things=Things({BUCKET: True}, stubborn=True))

    words = [world.route(newer(hour * 60), f"m{hour}") for hour in range(1, 6)]

    assert words == ["failing", "failing", "failing", "proposed", "proposed"]
    assert records(world)[0].note == "it is open"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"open": {}}, "gone"),
        ({"open": {BUCKET: False}}, "passes"),
        ({"created": {BUCKET: NOW}}, "changed"),
        ({"created": {BUCKET: NOW.replace(tzinfo=None)}}, "changed"),
        ({"failing": {"check": a_refusal("AccessDenied")}}, "denied"),
        ({"failing": {"check": a_refusal("NoSuchThing")}}, "failed"),
        ({"failing": {"tags": a_refusal("AccessDenied")}}, "refused"),
        ({"failing": {"fix": a_refusal("UnauthorizedOperation")}}, "denied"),
        ({"failing": {"fix": a_refusal("InvalidThing")}}, "failed"),
        ({"tags": {BUCKET: {"Terraform": "true"}}}, "owned"),
        ({"tags": {BUCKET: {"aws:cloudformation:stack-name": "web"}}}, "owned"),
    ],
)
def test_what_cannot_be_fixed_is_not_and_the_outcome_says_why(
    change: dict[str, Any], word: str
) -> None:
    known: dict[str, Any] = {"open": {BUCKET: True}, **change}
    world = a_world(things=Things(**known))

    assert world.route(a_finding()) == word
    assert world.things.open.get(BUCKET) in {None, *known["open"].values()}
    assert len(world.sender.sent) == (word not in {"gone", "passes"})


def test_a_role_that_cannot_be_assumed_is_denied_and_never_counted_as_fixed() -> None:
    world = a_world()
    world.sessions.refusing = a_refusal("AccessDenied")

    assert world.route(a_finding()) == "denied"
    assert world.things.writes == []


def test_a_fix_that_is_refused_after_a_part_of_it_has_failed_and_can_be_undone() -> None:
    def halfway(target: Target, aws: Aws, before: Json) -> None:
        CLOSING.fix(target, aws, before)
        raise Refused("GuardDuty says of 444455556666: suspended")

    world = a_world(remediations={"s3.8": replace(CLOSING, fix=halfway)})

    assert world.route(a_finding()) == "failed"
    (record,) = records(world)
    assert record.note == "a part is done: GuardDuty says of 444455556666: suspended"
    assert by_hand.undo(world.parts, record.id, "me").outcome is Outcome.UNDONE
    assert world.things.open[BUCKET]


def test_what_code_owns_is_proposed_unless_the_decision_forces_it() -> None:
    things = Things({BUCKET: True}, tags={BUCKET: {"managed-by": "terraform"}})

    world = a_world(a_matrix(a_decision(force=True)), things=things)

    assert world.route(a_finding()) == "fixed"


def test_tags_are_read_before_a_decision_by_tag() -> None:
    rule = {**a_decision("detect"), "tags": {"public": "yes"}}
    things = Things({BUCKET: True}, tags={BUCKET: {"public": "yes"}})
    world = a_world(a_matrix(a_decision(by_tag={"public": rule})), things=things)

    assert world.route(a_finding()) == "told"
    assert world.things.writes == []


def test_an_exception_by_tag_is_silent() -> None:
    things = Things({BUCKET: True}, tags={BUCKET: {"public": "yes"}})
    matrix = a_matrix(exceptions={"public": an_exception(tags={"public": "yes"})})
    world = a_world(matrix, things=things)

    assert (world.route(a_finding()), world.sender.sent) == ("ignore", [])


@pytest.mark.parametrize("stage", ["check", "tags", "before", "fix"])
@pytest.mark.parametrize("code", ["Throttling", "RequestLimitExceeded"])
def test_what_may_pass_comes_again_and_then_has_its_one_effect(stage: str, code: str) -> None:
    world = a_world()
    world.things.failing[stage] = a_refusal(code)

    with pytest.raises(Retry):
        world.route(a_finding())
    world.things.failing.clear()

    assert world.route(a_finding()) == "fixed"
    assert world.route(a_finding(), "m2") == "duplicate"
    assert len(records(world)) == len(world.sender.sent) == 1


def test_an_invocation_that_dies_after_the_fix_leaves_a_record_that_can_be_undone() -> None:
    world = a_world()
    world.things.failing["fix"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        world.route(a_finding())
    world.things.failing.clear()
    world.things.open[BUCKET] = False
    with pytest.raises(Retry):
        world.route(a_finding())
    world.pass_by(minutes=3)

    word = world.route(a_finding())

    (record,) = records(world)
    assert (word, record.outcome, record.before != "") == ("fixed", Outcome.FIXED, True)
    assert world.before_states.kept[record.id] == '{"open":true}'


def test_a_newer_update_waits_while_another_invocation_is_at_work() -> None:
    world = a_world()
    world.things.failing["fix"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        world.route(a_finding())

    with pytest.raises(Retry, match="another invocation"):
        world.route(newer(10), "m2")


def test_a_team_is_told_once_until_something_else_is_to_be_said() -> None:
    world = a_world(a_matrix(a_decision("detect")))

    for hour in range(1, 4):
        assert world.route(newer(hour * 60), f"m{hour}") == "told"
    world.pass_by(hours=2)
    world.router.tick(Message("tick", world.time[0]))
    world.route(newer(999, severity=a_finding().severity.CRITICAL), "m9")

    assert [subject.partition("]")[0] for subject in world.subjects] == ["[HIGH", "[CRITICAL"]


def test_the_same_control_in_the_same_account_is_one_message_and_a_digest() -> None:
    arns = [f"arn:aws:s3:::b{number}" for number in range(8)]
    world = a_world(things=Things(dict.fromkeys(arns, True)))
    for arn in arns:
        assert world.route(a_finding(resource=arn), arn) == "fixed"
    assert len(world.sender.sent) == 1

    world.pass_by(minutes=61)
    world.router.tick(Message("tick", world.time[0] + timedelta(minutes=1)))
    world.router.tick(Message("tick", world.time[0] + timedelta(minutes=1)))

    assert world.subjects[1:] == ["7 more: S3.8 in orders-prod (200000000007) was fixed"]
    assert "arn:aws:s3:::b7" in world.sender.sent[1][1].text


@pytest.mark.parametrize(
    ("team", "finding", "told"),
    [
        ({"severity": "critical"}, {}, False),
        ({"severity": "high"}, {}, True),
        ({"services": ["ec2"]}, {}, False),
        ({"services": ["s3"]}, {}, True),
        ({"services": ["guardduty"]}, {"control": "", "product": "GuardDuty"}, True),
    ],
)
def test_a_teams_filters_hold_for_what_it_is_told(
    team: dict[str, Any], finding: dict[str, Any], told: bool
) -> None:
    teams = {**MATRIX["teams"], "orders": {**MATRIX["teams"]["orders"], **team}}
    world = a_world(a_matrix(a_decision("detect"), teams=teams))

    world.route(a_finding(**finding))

    assert bool(world.sender.sent) is told


def test_no_filter_hides_that_something_was_changed() -> None:
    team = {**MATRIX["teams"]["orders"], "severity": "critical", "services": ["ec2"]}
    world = a_world(a_matrix(teams={**MATRIX["teams"], "orders": team}))

    assert world.route(a_finding()) == "fixed"
    assert len(world.sender.sent) == 1


def test_the_kill_switch_stops_every_fix_and_says_so() -> None:
    world = a_world()
    world.switch[0] = "the kill switch is off"

    assert world.route(a_finding()) == "stopped"
    assert world.things.writes == []
    assert "the kill switch is off" in world.sender.sent[0][1].text


def test_beyond_the_budget_findings_wait_until_the_hour_has_passed() -> None:
    budgets = {"control_per_hour": 2, "account_per_hour": 9, "total_per_hour": 9}
    arns = [f"arn:aws:s3:::b{number}" for number in range(5)]
    world = a_world(
        a_matrix(**with_rules(budgets=budgets)), things=Things(dict.fromkeys(arns, True))
    )

    words = [world.route(a_finding(resource=arn), arn) for arn in arns]
    assert words == ["fixed", "fixed", "held", "held", "held"]

    message = Message("tick", world.time[0] + timedelta(days=1))
    assert [each.word for each in world.router.tick(message)[1:]] == ["held"] * 3
    world.pass_by(minutes=61)
    assert [each.word for each in world.router.tick(message)[1:]] == ["fixed", "fixed", "held"]
    world.pass_by(minutes=61)
    assert [each.word for each in world.router.tick(message)[1:]] == ["fixed"]
    assert world.parts.states.held(9) == ()
    assert sorted(world.things.writes) == [f"fix {arn}" for arn in arns]


def test_failures_open_the_breaker_of_the_control_and_one_good_fix_closes_it() -> None:
    arns = [f"arn:aws:s3:::b{number}" for number in range(9)]
    world = a_world(things=Things(dict.fromkeys(arns, True), stubborn=True))

    words = [world.route(a_finding(resource=arn), arn) for arn in arns[:7]]
    assert words == ["failing"] * 5 + ["stopped"] * 2
    told = [(team, written.text.split("\n")[0]) for team, written in world.sender.sent]
    why = "Nothing has been changed: the circuit breaker is open: 5 fixes failed within 60 minutes."
    assert (("platform", why) in told, ("orders", why) in told) == (True, True)
    world.pass_by(minutes=61)
    world.things.stubborn = False
    assert world.route(a_finding(resource=arns[7])) == "fixed"
    assert world.route(a_finding(resource=arns[8])) == "fixed"


def test_the_one_try_of_an_open_breaker_is_not_wasted_on_an_empty_budget() -> None:
    arns = [f"arn:aws:s3:::b{number}" for number in range(9)]
    budgets = {"control_per_hour": 6, "account_per_hour": 6, "total_per_hour": 6}
    rules = with_rules(budgets=budgets, breaker={"failures": 5, "undos": 2, "minutes": 5})
    world = a_world(a_matrix(**rules), things=Things(dict.fromkeys(arns, True), stubborn=True))
    for arn in arns[:5]:
        world.route(a_finding(resource=arn), arn)
    world.parts.budget.take("S3.8", "x", world.time[0])
    world.things.stubborn = False
    world.pass_by(minutes=6)

    assert world.route(a_finding(resource=arns[6])) == "held"
    world.pass_by(hours=1)
    assert world.route(a_finding(resource=arns[7])) == "fixed"


def test_a_way_to_a_team_that_is_broken_is_a_problem_and_stops_nothing() -> None:
    world = a_world()
    world.sender.problem = "no such topic"
    world.hub.problem = "denied"

    routed = world.router.route(a_finding(), Message("m1", NOW + timedelta(minutes=1)))

    assert (routed.word, routed.problems) == ("fixed", ("no such topic", "Security Hub: denied"))


def test_a_finding_that_passes_in_the_middle_of_a_fix_stays_closed() -> None:
    world = a_world()
    finding = a_finding()

    def meanwhile(target: Target, aws: Aws, before: Json) -> None:
        world.route(newer(1, compliance="PASSED"), "m2")

    remediation = replace(CLOSING, fix=meanwhile)
    assert isinstance(world.parts.remediations, dict)
    world.parts.remediations["s3.8"] = remediation

    world.route(finding)

    state = world.parts.states.get(finding.key)
    assert state and (state.status, state.until) == (Progress.CLOSED, None)


def test_a_runbook_needs_to_know_the_owner_unless_it_is_forced() -> None:
    world = a_world(a_matrix(a_decision(runbook="AWS-Close")), remediations={})

    assert world.route(a_finding()) == "refused"
