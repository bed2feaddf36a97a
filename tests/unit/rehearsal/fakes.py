"""Facts of a rehearsal in which all went well, and what may differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from orchestrator.rehearsal.checks import Evidence, Facts
from orchestrator.rehearsal.program import Attempt, Sample
from orchestrator.rehearsal.scenario import MIB, Scenario

ACCOUNTS = frozenset({"300000000001", "300000000002", "300000000003"})


def an_attempt(code: int = 0, **changes: Any) -> Attempt:
    done = Attempt(("--sandbox", "apply", "all"), code, 60.0, 30.0, run="r-1")
    return replace(done, **changes)


def a_stack(account: str, outcome: str) -> dict[str, str]:
    return {"account": account, "stack": "account", "outcome": outcome}


def facts(**changes: Any) -> Facts:
    evidence = Evidence(100, {}, dict.fromkeys(ACCOUNTS, 6), 18, (), ())
    well = Facts(
        scenario=Scenario(3),
        fleet=ACCOUNTS,
        broken=(),
        attempts=(an_attempt(),),
        final={"in sync": 3},
        evidence=evidence,
        locks=(),
        processes=(),
        memory=(Sample(1.0, {"terraform": 100 * MIB}), Sample(2.0, {"providers": 900 * MIB})),
        sandbox_memory=200 * MIB,
        sandbox_cpu=5.0,
        seconds=70.0,
        folder=".rehearsal",
    )
    return replace(well, **changes)
