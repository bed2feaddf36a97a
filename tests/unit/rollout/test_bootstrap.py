from __future__ import annotations

from datetime import date

from orchestrator.model.names import StackName
from orchestrator.model.plan import Action
from orchestrator.model.run import Outcome
from orchestrator.rollout.bootstrap import Bootstrap, bootstrap
from tests.builders import a_change, a_job
from tests.fakes import FakeSessions, FakeTerraform, some_ports

TODAY = date(2026, 6, 1)
JOB = a_job(stack=StackName.BOOTSTRAP)
JOBS = Bootstrap(JOB, JOB)


def test_the_first_time_the_state_moves_into_the_bucket_it_has_just_made() -> None:
    terraform = FakeTerraform(changes=(a_change(),))
    ports = some_ports(terraform, sessions=FakeSessions(applied=False))

    result = bootstrap(JOBS, ports, TODAY, agreed=lambda _: True)

    assert result.outcome is Outcome.APPLIED
    assert terraform.calls == [
        "plan orders/bootstrap",
        "apply orders/bootstrap",
        "migrate",
        "record",
    ]
    assert set(terraform.roles.values()) == {"entry"}


def test_repeating_it_changes_nothing() -> None:
    terraform = FakeTerraform()

    result = bootstrap(JOBS, some_ports(terraform), TODAY, agreed=lambda _: True)

    assert result.outcome is Outcome.UNCHANGED
    assert terraform.calls == ["plan orders/bootstrap", "record"]


def test_a_state_left_in_the_folder_is_moved_although_nothing_is_to_be_applied() -> None:
    terraform = FakeTerraform()
    ports = some_ports(terraform, sessions=FakeSessions(applied=False))

    bootstrap(JOBS, ports, TODAY, agreed=lambda _: True)

    assert terraform.calls == ["plan orders/bootstrap", "migrate", "record"]


def test_nothing_is_applied_without_agreement() -> None:
    terraform = FakeTerraform(changes=(a_change(),))

    bootstrap(JOBS, some_ports(terraform), TODAY, agreed=lambda _: False)

    assert terraform.calls == ["plan orders/bootstrap"]


def test_the_gate_holds_here_too() -> None:
    terraform = FakeTerraform(changes=(a_change(Action.DELETE),))

    result = bootstrap(JOBS, some_ports(terraform), TODAY, agreed=lambda _: True)

    assert result.outcome is Outcome.REFUSED
    assert terraform.calls == ["plan orders/bootstrap"]
