from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from orchestrator.drift import check
from orchestrator.drift.verdict import Care
from orchestrator.errors import AwsDenied, Interrupted, PlanChanged, StateDamaged, TerraformFailed
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.plan import Verdict
from orchestrator.model.run import Answer, Outcome, Probe, StackResult, code_of
from orchestrator.rollout import stack
from orchestrator.stages import planning
from orchestrator.stages.attempts import attempt
from tests.builders import a_change, a_job, a_plan, a_violation, an_account
from tests.fakes import FakeInspector, FakeLocks, FakeSessions, FakeTerraform, some_ports

TODAY = date(2026, 6, 1)
ROLE = a_change(address="module.orchestrator_roles.aws_iam_role.plan", type_="aws_iam_role")


def test_a_plan_is_made_with_the_plan_role() -> None:
    terraform = FakeTerraform()

    planning.plan(a_job(makes_roles=True), some_ports(terraform))

    assert terraform.roles == {"plan orders": "plan"}


def test_a_state_that_could_not_be_saved_is_saved_before_anything_is_planned() -> None:
    terraform = FakeTerraform(broken_off=True)

    planning.plan(a_job(), some_ports(terraform))

    assert terraform.calls == ["save as apply", "plan orders/account"]


def test_an_account_without_our_roles_is_entered_with_the_entry_role() -> None:
    terraform = FakeTerraform()
    ports = some_ports(terraform, sessions=FakeSessions(made=False))

    planning.plan(a_job(makes_roles=True), ports)
    assert terraform.roles == {"plan orders": "entry"}

    planning.plan(a_job(makes_roles=False), ports)
    assert terraform.roles == {"plan orders": "plan"}


def test_roles_that_let_nobody_in_are_gone_round_only_where_that_was_said() -> None:
    for made_by_the_stack, role in ((True, "entry"), (False, "plan")):
        terraform = FakeTerraform()
        job = replace(a_job(makes_roles=made_by_the_stack), by_entry=True)

        planning.plan(job, some_ports(terraform))

        assert terraform.roles == {"plan orders": role}


def test_our_own_roles_are_changed_with_the_entry_role_only() -> None:
    for change, role in ((ROLE, "entry"), (a_change(), "apply")):
        terraform = FakeTerraform(changes=(change,))
        ports = some_ports(terraform)
        job = a_job(makes_roles=True)
        judged = stack.judge(job, planning.plan(job, ports), (), TODAY)

        assert stack.apply(job, judged, ports).outcome is Outcome.APPLIED
        assert terraform.roles["apply orders"] == role


def test_an_empty_plan_is_verified_but_not_applied() -> None:
    terraform = FakeTerraform()
    wrong = Probe("Security Hub in us-east-1", Answer.DIFFERENT, "not enabled")
    ports = some_ports(terraform, conformance=FakeInspector((wrong,)))
    job = a_job()

    result = stack.apply(job, stack.judge(job, a_plan(), (), TODAY), ports)

    assert terraform.calls == []
    assert result.outcome is Outcome.UNVERIFIED
    assert result.reason == "Security Hub in us-east-1: different (not enabled)"


def test_a_plan_the_gate_refused_is_not_applied() -> None:
    terraform = FakeTerraform(changes=(a_change(),))
    ports = some_ports(terraform)
    job = a_job()
    judged = stack.judge(job, a_plan(a_change()), (a_violation(),), TODAY)

    assert stack.apply(job, judged, ports) == judged
    assert judged.outcome is Outcome.REFUSED
    assert terraform.calls == []


def test_another_digest_than_the_approved_one_is_not_applied() -> None:
    terraform = FakeTerraform()
    job = a_job()
    judged = stack.judge(job, a_plan(a_change()), (), TODAY)
    swapped = replace(judged, verdict=Verdict("another digest"))

    stack.apply(job, swapped, some_ports(terraform))

    assert terraform.calls == []


def test_a_second_plan_with_changes_leaves_the_stack_unverified() -> None:
    terraform = FakeTerraform(changes=(a_change(),), left=("aws_s3_bucket.logs",))
    ports = some_ports(terraform)
    job = a_job()

    result = stack.apply(job, stack.judge(job, planning.plan(job, ports), (), TODAY), ports)

    assert result.outcome is Outcome.UNVERIFIED
    assert "aws_s3_bucket.logs" in result.reason


LATE = Probe("configuration policies have arrived", Answer.ON_ITS_WAY, "3 of 9 are PENDING")
NOT_EVERYWHERE = Probe("configuration policies have arrived", Answer.NOT_EVERYWHERE, "orders: no")


def applied(*probes: Probe, left: tuple[str, ...] = ()) -> StackResult:
    terraform = FakeTerraform(changes=(a_change(),), left=left)
    ports = some_ports(terraform, conformance=FakeInspector(probes))
    job = a_job()
    return stack.apply(job, stack.judge(job, planning.plan(job, ports), (), TODAY), ports)


def test_what_is_on_its_way_is_applied_and_noted() -> None:
    result = applied(LATE)

    assert (result.outcome, result.reason) == (Outcome.APPLIED, "")
    assert result.on_its_way == (LATE,)


def test_what_aws_could_not_bring_everywhere_is_applied_in_part_and_others_go_on() -> None:
    result = applied(LATE, NOT_EVERYWHERE)

    assert result.outcome is Outcome.PARTLY
    assert result.reason == "configuration policies have arrived: not everywhere (orders: no)"
    assert result.stands
    assert not result.succeeded


def test_what_stands_on_something_on_its_way_comes_with_a_later_apply() -> None:
    result = applied(LATE, left=("aws_securityhub_configuration_policy.this",))

    assert result.outcome is Outcome.PARTLY
    assert "a second plan still changes aws_securityhub_configuration_policy.this" in result.reason
    assert "on its way" in result.reason


def test_what_a_person_has_not_confirmed_is_noted_and_excuses_no_second_plan() -> None:
    unheard = Probe(
        "mail to teams is confirmed", Answer.UNCONFIRMED, "no confirmed subscription of a@b"
    )

    noted, left = applied(unheard), applied(unheard, left=("aws_sns_topic.this",))

    assert (noted.outcome, noted.on_its_way) == (Outcome.APPLIED, (unheard,))
    assert left.outcome is Outcome.UNVERIFIED
    assert "not confirmed (no confirmed subscription of a@b)" in left.reason


def test_what_is_different_is_not_excused_by_what_is_on_its_way() -> None:
    different = Probe("the aggregator", Answer.DIFFERENT, "none")

    result = applied(LATE, different, left=("aws_s3_bucket.logs",))

    assert result.outcome is Outcome.UNVERIFIED
    assert not result.stands


def test_what_aws_denies_is_never_counted_as_declared() -> None:
    denied = Probe("Config recorder in us-east-1", Answer.DENIED, "AccessDenied")
    ports = some_ports(conformance=FakeInspector((denied,)))
    job = a_job()

    result = stack.apply(job, stack.judge(job, a_plan(), (), TODAY), ports)

    assert result.outcome is Outcome.UNVERIFIED


def test_drift_is_what_a_refreshing_plan_finds() -> None:
    drifted = some_ports(FakeTerraform(drift=(a_change(),)))

    assert check.drift(a_job(), drifted, Care()).outcome is Outcome.DRIFTED
    assert check.drift(a_job(), some_ports(), Care()).outcome is Outcome.IN_SYNC


def test_a_stack_that_was_never_applied_is_not_called_in_sync() -> None:
    result = check.drift(a_job(), some_ports(sessions=FakeSessions(applied=False)), Care())

    assert result.outcome is Outcome.SKIPPED
    assert not result.succeeded


def test_each_kind_of_error_becomes_the_result_of_its_stack() -> None:
    failed = TerraformFailed(["terraform", "plan"], Path("build"), 1, "Error: no")
    expired = TerraformFailed(["terraform", "plan"], Path("build"), 1, "ExpiredToken")
    expired.denied = True
    kinds = {
        AwsDenied("200000000006", "orchestrator-plan", "sts:AssumeRole", "no"): Outcome.DENIED,
        failed: Outcome.FAILED,
        expired: Outcome.DENIED,
        PlanChanged("not the plan that was reviewed"): Outcome.REFUSED,
        Interrupted("told to stop"): Outcome.INTERRUPTED,
        ZeroDivisionError("a bug"): Outcome.FAILED,
    }
    for error, outcome in kinds.items():

        def work(error: Exception = error) -> None:
            raise error

        result = attempt(a_job().key, "plan", work)
        assert result is not None
        assert result.outcome is outcome
        assert result.reason.startswith("plan: ")


def test_an_account_without_changes_is_not_held_but_rid_of_what_a_dead_run_left() -> None:
    locks, job = FakeLocks(busy={"orders": "another run"}), a_job()
    ports = some_ports(locks=locks)

    result = stack.apply(job, stack.judge(job, a_plan(), (), TODAY), ports)

    assert result.outcome is Outcome.UNCHANGED
    assert locks.tidied == [str(job.key)]


def test_a_foundation_whose_state_is_none_is_not_planned() -> None:
    class Damaged(FakeSessions):
        def state_of(self, key: StackKey) -> str:
            raise StateDamaged(f"s3://bucket/{key.state_key}", 0, "put it back")

    terraform = FakeTerraform()
    job = a_job(an_account(2, "security"), StackName.SECURITY)

    with pytest.raises(StateDamaged, match="is not a Terraform state"):
        planning.plan(job, some_ports(terraform, sessions=Damaged()))

    assert not terraform.calls


def test_a_stack_whose_lease_is_lost_says_so_and_writes_neither_state_nor_baseline() -> None:
    terraform, job = FakeTerraform(changes=(a_change(),)), a_job()
    ports = some_ports(terraform, locks=FakeLocks(lost=frozenset({"orders"})))
    judged = stack.judge(job, a_plan(a_change()), (), TODAY)

    result = attempt(job.key, "apply", lambda: stack.apply(job, judged, ports))

    assert isinstance(result, StackResult)
    assert result.outcome is Outcome.LEASE_LOST
    assert code_of([result.outcome, Outcome.FAILED]) is ExitCode.LEASE_LOST
    assert "record" not in terraform.calls
    assert ports.baselines.get(job.key) is None


def test_a_state_that_is_only_recorded_is_written_while_the_account_is_held() -> None:
    """Its plan changed nothing, so the account was not held for an apply."""
    locks, job = FakeLocks(busy={"orders": "another run"}), a_job()
    terraform = FakeTerraform()
    ports = some_ports(terraform, locks=locks)
    moved = replace(a_plan(), moved=True)

    result = attempt(
        job.key, "apply", lambda: stack.apply(job, stack.judge(job, moved, (), TODAY), ports)
    )

    assert isinstance(result, StackResult)
    assert result.outcome is Outcome.SKIPPED
    assert "record" not in terraform.calls
