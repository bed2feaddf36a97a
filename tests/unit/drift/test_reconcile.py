"""A machine puts right what is declared safe, and leaves everything else to people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from orchestrator.drift.verdict import reconciled
from orchestrator.model.plan import Action, Change
from orchestrator.model.run import Checked, How, Kind, Outcome, StackResult
from orchestrator.model.settings import Drift, Reconciliation
from orchestrator.rollout.gate import decide
from orchestrator.stages.jobs import Job
from tests.builders import a_job, a_plan
from tests.fakes import NOW

TODAY = date(2026, 6, 1)
POLICY = Change("aws_iam_account_password_policy.this", "aws_iam_account_password_policy",
                Action.UPDATE, ("minimum_password_length",))  # fmt: skip
BUCKET = Change("aws_s3_bucket.logs", "aws_s3_bucket", Action.UPDATE, ("tags",))
CHECKED = Checked(How.EXACT, NOW, kinds=(Kind.CHANGED_OUTSIDE,))


def a_rule(attribute: str = "minimum_*", expires: date = TODAY) -> Reconciliation:
    return Reconciliation(
        address="aws_iam_account_password_policy.*",
        attributes=[attribute],
        owner="platform-security",
        reason="nobody means to shorten passwords",
        expires=expires,
    )


def job(**rules: Reconciliation) -> Job:
    bare = a_job()
    settings = bare.account.settings.model_copy(update={"drift": Drift(reconcile=rules)})
    return replace(bare, account=replace(bare.account, settings=settings))


def drifted(*changes: Change, checked: Checked | None = CHECKED) -> StackResult:
    return StackResult(a_job().key, Outcome.DRIFTED, a_plan(drift=changes), checked=checked)


def test_declared_drift_is_put_right_and_nothing_beside_it() -> None:
    ready, left = reconciled([job(passwords=a_rule())], [drifted(POLICY)], TODAY)

    assert [each.only for each in ready] == [frozenset({POLICY.address})]
    assert left == ()


@pytest.mark.parametrize(
    ("rule", "result", "why"),
    [
        (a_rule(), drifted(POLICY, BUCKET), "not declared safe: aws_s3_bucket.logs"),
        (a_rule("tags"), drifted(POLICY), f"not declared safe: {POLICY.address}"),
        (
            a_rule(expires=TODAY - timedelta(days=1)),
            drifted(POLICY),
            f"not declared safe: {POLICY.address}",
        ),
        (
            a_rule(),
            drifted(POLICY, checked=replace(CHECKED, flapping=(POLICY.address,))),
            f"put right before, and back again: {POLICY.address}",
        ),
        (
            a_rule(),
            drifted(POLICY, checked=replace(CHECKED, kinds=(Kind.NOT_APPLIED,))),
            "there is a configuration that is not applied yet",
        ),
        (a_rule(), drifted(POLICY, checked=None), "what has drifted is not known"),
        (a_rule(), drifted(), "what has drifted is not known"),
    ],
    ids=[
        "beside-it",
        "another-attribute",
        "expired",
        "flapping",
        "not-applied",
        "unchecked",
        "unknown",
    ],
)
def test_everything_else_is_for_a_person(
    rule: Reconciliation, result: StackResult, why: str
) -> None:
    ready, left = reconciled([job(passwords=rule)], [result], TODAY)

    assert ready == ()
    assert left == (f"{result.key}: {why}",)


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.DRIFTED])
def test_what_has_not_drifted_is_not_touched(outcome: Outcome) -> None:
    result = replace(drifted(POLICY), outcome=outcome)

    assert reconciled([job(passwords=a_rule())], [result], TODAY) == ((), ())


def test_a_plan_that_would_do_more_is_refused() -> None:
    plan = a_plan(POLICY, BUCKET)
    gate = job().account.settings.gate

    verdict = decide(plan, (), gate, TODAY, frozenset({POLICY.address}))

    assert verdict.reasons == ("updates aws_s3_bucket.logs: only the drift is to be put right",)
    assert decide(plan, (), gate, TODAY).allowed
