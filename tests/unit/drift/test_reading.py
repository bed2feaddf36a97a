"""Stacks checked and kept over fakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from orchestrator.drift import check
from orchestrator.drift.verdict import Care
from orchestrator.errors import AwsDenied
from orchestrator.model.drift import Unread
from orchestrator.model.plan import Action, Change
from orchestrator.model.run import How, Kind, Outcome, StackResult
from orchestrator.model.settings import Drift, Suppression
from orchestrator.ports import Ports
from orchestrator.rollout import stack
from tests.builders import a_baseline, a_change, a_job, a_plan, a_reading
from tests.fakes import NOW, FakeBaselines, FakeReader, FakeSessions, FakeTerraform, some_ports

RARELY = Care(timedelta(days=365_000))
JOB = a_job()
EARLIER = NOW - timedelta(hours=3)
PLANNED = ["plan orders/account"]


def known() -> FakeBaselines:
    return FakeBaselines({JOB.key: a_baseline(exact_at=EARLIER)})


def drift(ports: Ports, care: Care = RARELY) -> StackResult:
    return check.drift(JOB, ports, care)


def applied(ports: Ports, *changes: Change) -> StackResult:
    return stack.apply(
        JOB, stack.judge(JOB, a_plan(*changes, key=JOB.key), (), date(2026, 6, 1)), ports
    )


def test_a_stack_whose_readings_agree_is_in_sync_without_a_plan() -> None:
    terraform = FakeTerraform()

    result = drift(some_ports(terraform, baselines=known()))

    assert result.outcome is Outcome.IN_SYNC
    assert result.checked
    assert (result.checked.how, result.checked.exact_at) == (How.READ, EARLIER)
    assert terraform.calls == []


def test_a_doubt_is_decided_by_a_plan_which_may_find_nothing() -> None:
    terraform, baselines = FakeTerraform(), known()
    reader = FakeReader(Unread("the state is encrypted"))

    result = drift(some_ports(terraform, reader=reader, baselines=baselines))

    assert result.outcome is Outcome.IN_SYNC
    assert result.checked
    assert result.checked.how is How.EXACT
    assert result.checked.why == "the state is encrypted"
    assert terraform.calls == PLANNED
    assert baselines.kept == {}


def test_what_a_plan_finds_is_drift_and_the_baseline_stays() -> None:
    gone = a_change(Action.DELETE)
    baselines = known()
    reader = FakeReader(a_reading({"aws_s3_bucket.logs": ""}))

    result = drift(some_ports(FakeTerraform(drift=(gone,)), reader=reader, baselines=baselines))

    assert result.outcome is Outcome.DRIFTED
    assert result.checked
    assert result.checked.kinds == (Kind.GONE,)
    assert baselines.kept == known().kept


def test_a_plan_that_finds_nothing_leaves_a_baseline() -> None:
    baselines = FakeBaselines()
    ports = some_ports(baselines=baselines)

    first, second = drift(ports), drift(ports)

    assert first.checked
    assert first.checked.why == "there is no baseline"
    assert baselines.kept[JOB.key].exact_at == NOW
    assert second.checked
    assert second.checked.how is How.READ


def test_a_reading_that_is_not_as_the_state_has_it_is_no_baseline() -> None:
    baselines = FakeBaselines()

    drift(some_ports(reader=FakeReader(a_reading(unsettled=("a",))), baselines=baselines))

    assert baselines.kept == {}


def test_a_configuration_not_yet_applied_is_planned_until_it_is() -> None:
    baselines = FakeBaselines({JOB.key: replace(a_baseline(), rendered="before")})
    ports = some_ports(baselines=baselines)

    for _ in range(2):
        result = drift(ports)
        assert result.outcome is Outcome.IN_SYNC
        assert result.checked
        assert result.checked.kinds == (Kind.NOT_APPLIED,)

    applied(ports, a_change())
    result = drift(ports)
    assert result.checked
    assert result.checked.how is How.READ


def test_the_reader_has_the_plan_role_and_a_stack_without_a_baseline_is_not_read() -> None:
    reader = FakeReader()

    drift(some_ports(reader=reader, baselines=known()))
    drift(some_ports(reader=reader, sessions=FakeSessions(applied=False)))

    assert reader.roles == ["plan"]


def test_an_apply_that_could_not_save_its_state_is_not_read_around() -> None:
    terraform = FakeTerraform(broken_off=True)

    result = drift(some_ports(terraform, baselines=known()))

    assert result.checked
    assert result.checked.why == "an apply broke off before it could save its state"
    assert terraform.calls[0] == "save as apply"


def test_an_apply_leaves_a_baseline_when_its_second_plan_is_empty() -> None:
    clean, unclean = FakeBaselines(), known()

    applied(some_ports(baselines=clean), a_change())
    applied(some_ports(FakeTerraform(left=("a",)), baselines=unclean), a_change())

    assert clean.kept[JOB.key].rendered == JOB.rendering.digest
    assert unclean.kept == {}


def test_an_empty_plan_leaves_a_baseline_only_where_there_was_none() -> None:
    reader = FakeReader()

    applied(some_ports(reader=reader, baselines=known()))
    assert reader.reads == 0

    baselines = FakeBaselines()
    applied(some_ports(reader=reader, baselines=baselines))
    assert JOB.key in baselines.kept


def test_an_apply_is_not_less_applied_because_no_baseline_could_be_taken() -> None:
    denied = AwsDenied("200000000006", "orchestrator-plan", "s3:GetObject", "no")
    baselines = known()

    result = applied(some_ports(reader=FakeReader(failing=denied), baselines=baselines), a_change())

    assert result.outcome is Outcome.APPLIED
    assert baselines.kept == {}


def test_suppressed_drift_is_said_and_does_not_count() -> None:
    change = replace(a_change(Action.UPDATE), attributes=("tags",))
    rule = Suppression(
        address="aws_s3_bucket.*",
        attributes=["tags"],
        owner="platform-security",
        reason="the tagging service writes these",
        expires=NOW.date(),
    )
    settings = JOB.account.settings.model_copy(
        update={"drift": Drift(suppressions={"tagging": rule})}
    )
    job = replace(JOB, account=replace(JOB.account, settings=settings))
    baselines = FakeBaselines()

    result = check.drift(
        job, some_ports(FakeTerraform(drift=(change,)), baselines=baselines), RARELY
    )

    assert result.outcome is Outcome.IN_SYNC
    assert result.checked
    assert result.checked.suppressed == ("aws_s3_bucket.logs (tagging)",)
    assert baselines.kept == {}


def test_what_an_apply_that_broke_off_did_not_record_is_recorded_by_the_next_empty_one() -> None:
    terraform = FakeTerraform()

    applied(some_ports(terraform, reader=FakeReader(a_reading(unsettled=("a",)))))

    assert terraform.calls == ["record"]


def test_where_resources_only_get_another_address_the_state_and_the_baseline_follow() -> None:
    terraform, baselines = FakeTerraform(), FakeBaselines()
    made = replace(a_plan(key=JOB.key), moved=True)
    judged = stack.judge(JOB, made, (), date(2026, 6, 1))

    result = stack.apply(JOB, judged, some_ports(terraform, baselines=baselines))

    assert result.outcome is Outcome.UNCHANGED
    assert terraform.calls == ["record"]
    assert JOB.key in baselines.kept


def test_a_stack_that_is_as_its_state_has_it_is_left_alone() -> None:
    terraform, baselines = FakeTerraform(), FakeBaselines()

    applied(some_ports(terraform, baselines=baselines))

    assert terraform.calls == []
    assert JOB.key in baselines.kept
