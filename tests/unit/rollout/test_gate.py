from __future__ import annotations

from datetime import date

from orchestrator.model.plan import Action
from orchestrator.model.settings import FailOn, Gate, Limits, Severity, Skip
from orchestrator.rollout.gate import decide
from tests.builders import DIGEST, a_change, a_plan, a_violation

TODAY = date(2026, 6, 1)
SKIP = Skip(
    check="CKV_AWS_18",
    resource="aws_s3_bucket.*",
    owner="platform-security",
    reason="the access log bucket cannot log to itself",
    expires=TODAY,
)


def test_a_harmless_plan_is_approved_by_its_digest() -> None:
    verdict = decide(a_plan(a_change()), (), Gate(), TODAY)

    assert verdict.approved == DIGEST
    assert verdict.allowed


def test_a_plan_that_destroys_is_refused_unless_the_limit_allows_it() -> None:
    plan = a_plan(a_change(Action.DELETE))

    assert decide(plan, (), Gate(), TODAY).reasons == ("destroys 1 resource, limit is 0",)
    assert decide(plan, (), Gate(limits=Limits(destroys=1)), TODAY).allowed


def test_a_resource_taken_out_of_the_state_counts_as_destroyed() -> None:
    plan = a_plan(a_change(Action.FORGET))

    assert decide(plan, (), Gate(), TODAY).reasons == ("destroys 1 resource, limit is 0",)


def test_a_protected_type_is_never_removed_whatever_the_limits() -> None:
    gate = Gate(limits=Limits(destroys=9, replaces=9), protected={"aws_s3_bucket": True})

    for action in (Action.DELETE, Action.REPLACE, Action.FORGET):
        reasons = decide(a_plan(a_change(action)), (), gate, TODAY).reasons
        assert reasons == (f"{action}s aws_s3_bucket.logs: aws_s3_bucket is protected",)


def test_every_reason_is_given_at_once() -> None:
    plan = a_plan(a_change(Action.DELETE), a_change(Action.REPLACE, "aws_kms_key.logs"))
    gate = Gate(limits=Limits(changes=1), protected={"aws_kms_key": True})

    verdict = decide(plan, (a_violation(),), gate, TODAY)

    assert len(verdict.reasons) == 5
    assert not verdict.allowed


def test_a_violation_below_the_limit_of_severity_does_not_stop_a_plan() -> None:
    gate = Gate(fail_on=FailOn(severity=Severity.CRITICAL))

    assert decide(a_plan(), (a_violation(severity=Severity.HIGH),), gate, TODAY).allowed
    assert not decide(a_plan(), (a_violation(severity=Severity.CRITICAL),), gate, TODAY).allowed


def test_a_check_named_by_id_stops_a_plan_whatever_its_severity() -> None:
    gate = Gate(fail_on=FailOn(checks={"CKV_AWS_18": True}))

    assert not decide(a_plan(), (a_violation(severity=Severity.LOW),), gate, TODAY).allowed


def test_a_check_nobody_has_rated_counts_as_the_worst() -> None:
    gate = Gate(fail_on=FailOn(severity=Severity.CRITICAL))

    assert not decide(a_plan(), (a_violation(severity=None),), gate, TODAY).allowed


def test_a_skip_holds_until_its_last_day_and_not_a_day_longer() -> None:
    gate = Gate(skips={"access-logs": SKIP})
    tomorrow = date(2026, 6, 2)

    assert decide(a_plan(), (a_violation(),), gate, TODAY).allowed
    (reason,) = decide(a_plan(), (a_violation(),), gate, tomorrow).reasons
    assert reason.endswith("; skip 'access-logs' expired on 2026-06-01")


def test_a_skip_of_another_resource_or_check_does_not_count() -> None:
    other_resource = SKIP.model_copy(update={"resource": "module.*"})
    other_check = SKIP.model_copy(update={"check": "CKV_AWS_19"})

    for skip in (other_resource, other_check):
        assert not decide(a_plan(), (a_violation(),), Gate(skips={"x": skip}), TODAY).allowed
