from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orchestrator.model.events import Groups, Inputs, Origin, ToolVersions
from orchestrator.model.history import History, StackHistory, Status
from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome
from orchestrator.rollout import resume
from tests.builders import DIGEST, a_key, an_account

DONE, FAILED, UNTOUCHED, APPLYING = (
    a_key(an_account(n, name))
    for n, name in enumerate(("done", "failed", "untouched", "applying"), start=6)
)
GROUND = ToolVersions("0.1.0", "Terraform 1.11.4", "5.100.0", "l" * 64, "p" * 64)
STATE = "a-lineage:3"
WAVES: Groups = (("wave canary", (DONE, FAILED)), ("wave rest", (UNTOUCHED, APPLYING)))
LEFT: Groups = (("wave canary", (FAILED,)), ("wave rest", (UNTOUCHED, APPLYING)))


def inputs(groups: Groups, rendered: str = DIGEST) -> Inputs:
    return Inputs(
        "r-1",
        "apply",
        "all",
        {},
        groups,
        {key: rendered for _, keys in groups for key in keys},
        {"account_baseline": "m" * 64},
        GROUND,
        Origin("somebody", "a-host", 4711),
    )


def a_history(status: Status = Status.DIED) -> History:
    stacks = {
        DONE: StackHistory(Outcome.APPLIED, state=STATE),
        FAILED: StackHistory(Outcome.FAILED, ("plan: no",), ("plan",), state=STATE),
        UNTOUCHED: StackHistory(),
        APPLYING: StackHistory(None, (), ("plan", "apply"), state=STATE),
    }
    return History(inputs(WAVES), datetime(2026, 6, 1, tzinfo=UTC), status, stacks)


def obstacles(
    before: History | None = None,
    now: Inputs | None = None,
    states: Mapping[StackKey, str] | None = None,
) -> tuple[str, ...]:
    found = {FAILED: STATE} if states is None else states
    return resume.judge(before or a_history(), now or inputs(LEFT), found).obstacles


def test_the_rest_of_a_run_may_be_done_when_nothing_has_moved() -> None:
    assert a_history().unsettled == (FAILED, UNTOUCHED, APPLYING)
    assert obstacles() == ()


def test_only_states_that_the_run_itself_cannot_have_moved_are_watched() -> None:
    assert resume.watched(a_history()) == (FAILED,)


def test_a_stack_whose_apply_had_started_is_planned_again_and_told() -> None:
    findings = resume.judge(a_history(), inputs(LEFT), {FAILED: STATE})

    assert findings.notes == (
        "applying/account: its apply had started; it is planned and judged again",
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"orchestrator": "0.2.0"}, "orchestrator was 0.1.0, is 0.2.0"),
        ({"terraform": "Terraform 1.12.0"}, "Terraform was Terraform 1.11.4, is Terraform 1.12.0"),
        ({"provider": "5.101.0"}, "the AWS provider was 5.100.0, is 5.101.0"),
        ({"lock": "x" * 64}, "the provider lock file has changed"),
        ({"policies": "x" * 64}, "policies/ has changed"),
    ],
)
def test_other_versions_keep_a_run_from_being_resumed(changes: dict[str, str], reason: str) -> None:
    assert obstacles(now=replace(inputs(LEFT), tool_versions=replace(GROUND, **changes))) == (
        reason,
    )


def test_a_module_that_has_changed_is_named() -> None:
    now = replace(inputs(LEFT), modules={"account_baseline": "x" * 64, "new": "n" * 64})

    assert obstacles(now=now) == ("modules/account_baseline has changed",)


def test_configuration_that_has_changed_is_told_for_the_stacks_that_are_left() -> None:
    assert obstacles(now=inputs(LEFT, rendered="x" * 64)) == (
        "configuration or modules have changed for "
        "failed/account, untouched/account, applying/account",
    )


def test_a_state_that_has_moved_is_told_with_its_serials() -> None:
    assert obstacles(states={FAILED: "a-lineage:4"}) == (
        "failed/account: the state has moved: serial 4, was 3",
    )


def test_another_state_in_the_same_place_is_told() -> None:
    assert obstacles(states={FAILED: "b-lineage:3"}) == (
        "failed/account: the state is another one: lineage b-lineage, was a-lineage",
    )


def test_a_stack_that_is_not_configured_any_more_is_told() -> None:
    assert obstacles(now=inputs((("wave rest", (UNTOUCHED, APPLYING)),))) == (
        "not configured any more: failed/account",
    )


def test_a_stack_in_another_wave_is_told() -> None:
    now = inputs((("wave canary", (FAILED, UNTOUCHED)), ("wave rest", (APPLYING,))))

    assert obstacles(now=now) == ("untouched/account was in 'wave rest', is in 'wave canary'",)


def test_waves_in_another_order_are_told() -> None:
    assert obstacles(now=inputs(LEFT[::-1])) == ("the waves come in another order",)


def test_a_run_that_goes_on_is_left_alone() -> None:
    assert obstacles(a_history(Status.RUNNING)) == ("it is still running, as process 4711",)


def test_of_a_run_on_another_machine_nobody_here_knows() -> None:
    findings = resume.judge(a_history(Status.UNKNOWN), inputs(LEFT), {FAILED: STATE})

    assert findings.obstacles == ()
    assert "ran on 'a-host' as process 4711" in findings.notes[0]


def test_a_journal_with_lines_that_are_lost_is_not_trusted() -> None:
    before = replace(a_history(), garbled=("line 7 is garbled: no",))

    assert obstacles(before) == ("its journal cannot be trusted: line 7 is garbled: no",)


def test_a_run_without_a_journal_has_no_inputs_to_compare() -> None:
    before = replace(a_history(), inputs=replace(inputs(WAVES), rendered={}))

    assert "it has left no journal, so its inputs are not known" in obstacles(before)


def test_every_reason_is_said_at_once() -> None:
    now = replace(
        inputs(LEFT, rendered="x" * 64),
        tool_versions=replace(GROUND, orchestrator="0.2.0"),
        modules={"account_baseline": "x" * 64},
    )

    assert len(obstacles(now=now, states={FAILED: "a-lineage:9"})) == 4
