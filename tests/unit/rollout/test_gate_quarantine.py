from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from orchestrator.drift.verdict import Care
from orchestrator.model.events import StackEnded
from orchestrator.model.organization import Quarantine
from orchestrator.model.run import Outcome, Run, StackResult
from orchestrator.ports import Ports
from orchestrator.rollout import rollout
from orchestrator.stages.context import RunOptions
from orchestrator.stages.jobs import Group, Job, together
from tests.builders import a_change, a_job, an_account
from tests.fakes import FakeTerraform, some_ports

LAST = date(2026, 6, 30)
HELD = Quarantine(reason="The team moves it.", owner="orders", until=LAST)
WHY = "set aside until 2026-06-30 by orders: The team moves it."
BUSY = a_job(an_account(6, "busy"))
ASIDE = a_job(replace(an_account(7, "aside"), quarantine=HELD))


def applied(jobs: tuple[Job, ...], ports: Ports, today: date) -> tuple[StackResult, ...]:
    return rollout.apply((Group("wave all", jobs, 2),), ports, RunOptions(today))


def test_an_account_in_quarantine_is_left_alone_and_the_run_says_so() -> None:
    terraform, heard = FakeTerraform(changes=(a_change(),)), list[object]()
    ports = replace(some_ports(terraform=terraform), emit=heard.append)

    results = applied((BUSY, ASIDE), ports, LAST)

    assert [(r.outcome, r.reason) for r in results] == [
        (Outcome.APPLIED, ""),
        (Outcome.SET_ASIDE, WHY),
    ]
    assert not [call for call in terraform.calls if "aside" in call]
    ended = [event.result.key for event in heard if isinstance(event, StackEnded)]
    assert sorted(ended) == [BUSY.key, ASIDE.key]
    assert Run("r-1", "apply", "", 1.0, results).exit_code == 0


def test_the_day_after_the_last_it_is_rolled_out_again() -> None:
    terraform = FakeTerraform(changes=(a_change(),))

    results = applied((ASIDE,), some_ports(terraform=terraform), date(2026, 7, 1))

    assert [r.outcome for r in results] == [Outcome.APPLIED]


@pytest.mark.parametrize("command", ["plan", "drift", "verify"])
def test_nothing_else_comes_to_it_either(command: str) -> None:
    terraform = FakeTerraform()
    ports, options = some_ports(terraform=terraform), RunOptions(LAST)
    runs: dict[str, Callable[[], tuple[StackResult, ...]]] = {
        "plan": lambda: rollout.plan(together("plan", (ASIDE,)), ports, options),
        "drift": lambda: rollout.drift(together("drift", (ASIDE,)), ports, options, Care()),
        "verify": lambda: rollout.verify(together("verify", (ASIDE,)), ports, options),
    }

    assert [(r.outcome, r.reason) for r in runs[command]()] == [(Outcome.SET_ASIDE, WHY)]
    assert terraform.calls == []
