from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from orchestrator.errors import AwsDenied, OrchestratorError, TerraformFailed, Transient
from orchestrator.model.events import Event, StageEnded
from orchestrator.model.plan import Plan
from orchestrator.model.run import Outcome
from orchestrator.ports import Environment
from orchestrator.rollout import stack
from orchestrator.rollout import stack as plans
from orchestrator.stages import attempts, planning
from orchestrator.stages.context import RunContext, RunOptions
from tests.builders import a_change, a_job, a_key, a_violation, an_account
from tests.fakes import FakeScanner, FakeTerraform, some_ports

TODAY = date(2026, 6, 1)


def failure(transient: Transient | None) -> TerraformFailed:
    error = TerraformFailed(["terraform", "apply"], Path("build"), 1, "Error: no")
    error.transient = transient
    return error


class Recovering(FakeTerraform):
    """Fails with each of the errors once, then goes well."""

    def __init__(self, at: str, *errors: Exception) -> None:
        super().__init__(changes=(a_change(),))
        self.at, self.errors = at, list(errors)

    def plan(
        self, key: object, folder: Path, rendered: str, env: Environment, *, refresh_only: bool
    ) -> Plan:
        made = super().plan(key, folder, rendered, env, refresh_only=refresh_only)  # type: ignore[arg-type]
        self._fail("plan")
        return made

    def apply(self, plan: Plan, env: Environment) -> None:
        self.calls.append("apply")
        self._fail("apply")
        self.applied.add(plan.key)

    def _fail(self, at: str) -> None:
        if at == self.at and self.errors:
            raise self.errors.pop(0)


@pytest.mark.parametrize("kind", Transient)
def test_pauses_double_and_come_to_an_end(kind: Transient) -> None:
    rule = attempts.RULES[kind]

    pauses = [attempts.pause(kind, n, a_key()) for n in range(1, rule.attempts + 1)]

    assert pauses[-1] == 0
    for n, pause in enumerate(pauses[:-1]):
        assert rule.pause * 2**n / 2 <= pause <= rule.pause * 2**n


def test_stacks_that_were_throttled_together_do_not_come_back_together() -> None:
    keys = [a_key(an_account(n, f"a{n}")) for n in range(1, 50)]

    assert len({attempts.pause(Transient.THROTTLING, 1, key) for key in keys}) > 30


def test_a_plan_that_was_throttled_is_made_again_and_the_note_says_so() -> None:
    told: list[Event] = []
    terraform = Recovering("plan", failure(Transient.NETWORK), failure(Transient.THROTTLING))

    made = planning.plan(a_job(), some_ports(terraform, emit=told.append))

    assert len(made.changes) == 1
    (note,) = [e.note for e in told if isinstance(e, StageEnded) and e.stage == "plan"]
    assert note == "1 create; tried again: the network, AWS throttles"


@pytest.mark.parametrize("error", [failure(None), AwsDenied("2", "role", "call", "no")])
def test_no_other_error_is_tried_again(error: OrchestratorError) -> None:
    terraform = Recovering("plan", error)

    with pytest.raises(OrchestratorError):
        planning.plan(a_job(), some_ports(terraform))

    assert terraform.calls == ["plan orders/account"]


def test_attempts_are_bounded() -> None:
    errors = [failure(Transient.THROTTLING) for _ in range(20)]
    terraform = Recovering("plan", *errors)

    with pytest.raises(TerraformFailed):
        planning.plan(a_job(), some_ports(terraform))

    assert len(terraform.calls) == attempts.RULES[Transient.THROTTLING].attempts


def test_nothing_is_tried_again_once_the_run_is_being_stopped() -> None:
    terraform = Recovering("plan", failure(Transient.THROTTLING))

    with pytest.raises(TerraformFailed):
        planning.plan(a_job(), some_ports(terraform, rest=lambda _seconds: True))

    assert len(terraform.calls) == 1


def applied(
    terraform: FakeTerraform,
    scanner: FakeScanner | None = None,
    rest: Callable[[float], object] = lambda _: False,
) -> Outcome:
    ports = some_ports(terraform, scanner, rest=lambda seconds: bool(rest(seconds)))
    job = a_job()
    judged = stack.judge(job, planning.plan(job, ports), (), TODAY)
    return plans.apply_with_retries(job, judged, RunContext.of(ports, RunOptions(TODAY))).outcome


def test_an_apply_that_did_not_get_the_lock_is_the_same_apply_the_next_time() -> None:
    terraform = Recovering("apply", failure(Transient.LOCKED))

    assert applied(terraform) is Outcome.APPLIED
    assert terraform.calls == ["plan orders/account", "apply", "apply", "record"]


@pytest.mark.parametrize("kind", [Transient.THROTTLING, Transient.NETWORK])
def test_an_apply_that_broke_off_is_planned_scanned_and_judged_again(kind: Transient) -> None:
    terraform, scanner = Recovering("apply", failure(kind)), FakeScanner()

    assert applied(terraform, scanner) is Outcome.APPLIED
    assert terraform.calls == ["plan orders/account", "apply"] * 2 + ["record"]
    assert scanner.scans == [1]


def test_a_plan_after_a_broken_apply_that_the_gate_refuses_is_not_applied() -> None:
    terraform = Recovering("apply", failure(Transient.NETWORK))

    assert applied(terraform, FakeScanner((a_violation(),))) is Outcome.REFUSED
    assert terraform.calls.count("apply") == 1


def test_an_apply_that_failed_for_good_is_not_planned_again() -> None:
    terraform = Recovering("apply", failure(None))

    with pytest.raises(TerraformFailed):
        applied(terraform)

    assert terraform.calls == ["plan orders/account", "apply"]


def test_a_lock_is_waited_for_in_one_place() -> None:
    terraform = Recovering("apply", *(failure(Transient.LOCKED) for _ in range(20)))
    rested: list[float] = []

    with pytest.raises(TerraformFailed):
        applied(terraform, rest=rested.append)

    assert terraform.calls.count("apply") == attempts.RULES[Transient.LOCKED].attempts
    assert terraform.calls.count("plan orders/account") == 1
    assert sum(rested) <= 60


def test_attempts_are_counted_over_all_stages_of_a_stack() -> None:
    errors = [failure(Transient.THROTTLING) for _ in range(20)]
    terraform = Recovering("apply", *errors)
    job = a_job()
    job.failed[Transient.THROTTLING] = 2
    ports = some_ports(terraform)
    judged = stack.judge(job, planning.plan(job, ports), (), TODAY)

    with pytest.raises(TerraformFailed):
        plans.apply_with_retries(job, judged, RunContext.of(ports, RunOptions(TODAY)))

    assert terraform.calls.count("apply") == attempts.RULES[Transient.THROTTLING].attempts - 2


def test_the_first_warning_names_who_holds_the_lock(caplog: pytest.LogCaptureFixture) -> None:
    error = failure(Transient.LOCKED)
    error.holder = " by alice@laptop since 2026-01-01 00:00:00"

    applied(Recovering("apply", error))

    assert "the state is locked by alice@laptop since 2026-01-01 00:00:00, again in" in caplog.text
