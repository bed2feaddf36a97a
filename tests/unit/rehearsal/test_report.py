from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.rehearsal.checks import checks, held
from orchestrator.rehearsal.program import Sample
from orchestrator.rehearsal.report import as_json, curve, text
from orchestrator.rehearsal.scenario import MIB, Scenario, Weight
from tests.unit.rehearsal.fakes import ACCOUNTS, a_stack, an_attempt, facts

EVIDENCE = facts().evidence
BROKEN = Scenario(3, broken=1)


def broken(**changes: Any) -> list[str]:
    """What does not hold with these facts."""
    return [check.what for check in checks(facts(**changes)) if not check.holds]


def test_a_rehearsal_in_which_all_went_well_holds() -> None:
    assert broken() == []
    assert held(facts())
    assert "rehearsal: 6 of 6 held (70 s)" in text(facts())


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"final": {"in sync": 2, "drifted": 1}}, "every stack is as declared in the end"),
        ({"final": {"in sync": 2}}, "every stack is as declared in the end"),
        ({"final": {}}, "every stack is as declared in the end"),
        ({"locks": ("300000000001/account/terraform.tfstate.tflock",)}, "no lock was left"),
        ({"processes": ("77 terraform apply",)}, "no process was left"),
        ({"memory": (Sample(1.0, {"x": 5000 * MIB}),)}, "memory stayed under 4096 MiB"),
        ({"memory": ()}, "memory stayed under 4096 MiB"),
        (
            {"evidence": replace(EVIDENCE, twice=("x iam:CreateRole: 2 times",))},
            "nothing was created twice",
        ),
        ({"evidence": replace(EVIDENCE, creates=0)}, "nothing was created twice"),
        (
            {"evidence": replace(EVIDENCE, touched={"300000000001": 6})},
            "every account was touched, and no other",
        ),
        (
            {"evidence": replace(EVIDENCE, touched=dict.fromkeys([*ACCOUNTS, "999999999999"], 6))},
            "every account was touched, and no other",
        ),
        (
            {"scenario": Scenario(3, kills=(60.0,))},
            "SIGKILL came in the middle of the rollout",
        ),
    ],
)
def test_whatever_does_not_hold_is_said(changes: dict[str, Any], what: str) -> None:
    assert broken(**changes) == [what]
    assert not held(facts(**changes))


def test_a_kill_that_came_counts() -> None:
    killed = an_attempt(-9, killed="SIGKILL")

    assert broken(scenario=Scenario(3, kills=(60.0,)), attempts=(killed, an_attempt())) == []


def test_only_broken_accounts_may_fail() -> None:
    stopped = an_attempt(
        7, stacks=(a_stack("b", "denied"), a_stack("a", "applied"), a_stack("c", "skipped"))
    )
    another = an_attempt(7, stacks=(a_stack("b", "denied"), a_stack("a", "failed")))
    nobody = an_attempt(stacks=(a_stack("b", "applied"),))
    only = "no account but the broken ones failed"

    assert broken(scenario=BROKEN, broken=("b",), attempts=(stopped, an_attempt())) == []
    assert broken(scenario=BROKEN, broken=("b",), attempts=(another,)) == [only]
    assert broken(scenario=BROKEN, broken=("b",), attempts=(nobody,)) == [only]


def test_the_text_says_who_stopped_when_and_why_and_which_stack_it_was() -> None:
    stopped = an_attempt(
        7,
        outcomes={"applied": 1, "denied": 2},
        waves=("log_archive", "wave canary"),
        halted="2 failures, 1 is tolerated",
        stacks=({**a_stack("b", "denied"), "reason": "apply: no\n  fix: do this"},),
    )

    killed = an_attempt(-9, killed="SIGKILL", words=("--sandbox", "apply", "all", "--reason", "so"))
    said = text(facts(attempts=(killed, stopped, an_attempt())))

    assert "attempt 1, apply all: SIGKILL after 60 s" in said
    assert "attempt 2, apply all: exit code 7 after 60 s" in said
    assert "    1 applied, 2 denied" in said
    assert "    got as far as wave canary" in said
    assert "    stopped: 2 failures, 1 is tolerated" in said
    assert "    b/account denied: apply: no fix: do this" in said
    assert "stack: light: the roles" in said
    assert "stack: full" in text(facts(scenario=Scenario(3, Weight.FULL)))


def test_the_json_holds_every_check_and_the_curve_of_memory() -> None:
    document = json.loads(as_json(facts()))

    assert (document["version"], document["held"]) == (1, True)
    assert len(document["checks"]) == 6
    assert document["memory"]["peak"] == 900 * MIB
    assert document["memory"]["curve"][-1] == {"at": 2.0, "bytes": 900 * MIB}
    assert document["cpu_seconds"] == {"orchestrator": 30.0, "sandbox": 5.0}


def test_the_curve_is_short_and_no_peak_gets_lost() -> None:
    samples = tuple(Sample(float(n), {"x": 99 if n == 777 else 1}) for n in range(1000))

    short = curve(samples)

    assert len(short) <= 60
    assert Sample(777.0, {"x": 99}) in short
