from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.model.waves import FailureMode, Failures, Wave
from orchestrator.rollout.waves import Budget, of
from orchestrator.stages.jobs import Group
from tests.builders import a_job, an_account

JOBS = tuple(a_job(an_account(n, f"a{n}")) for n in range(6, 31))
STACKS = st.lists(st.tuples(st.booleans(), st.integers(1, 5)), min_size=1, max_size=40)
"""Whether a stack fails, and how long it takes."""


def simulated(stacks: list[tuple[bool, int]], width: int, budget: Budget) -> tuple[int, int, int]:
    """A plain clock-driven wave: how many began, how many failed, the most at a time."""
    waiting, running = list(stacks), list[list[int]]()
    began = failed = most = 0
    while True:
        while waiting and len(running) < budget.room(width, failed):
            fails, takes = waiting.pop(0)
            running.append([takes, fails])
            began += 1
        most = max(most, len(running))
        if not running:
            return began, failed, most
        for each in running:
            each[0] -= 1
        failed += sum(fails for left, fails in running if left == 0)
        running = [each for each in running if each[0]]


@given(STACKS, st.integers(1, 12), st.integers(0, 6))
def test_strict_never_lets_more_than_one_beyond_the_tolerance_fail(
    stacks: list[tuple[bool, int]], width: int, tolerated: int
) -> None:
    budget = Budget(tolerated, FailureMode.STRICT)

    began, failed, most = simulated(stacks, width, budget)

    broken = sum(fails for fails, _ in stacks)
    assert failed <= tolerated + 1
    assert most <= min(width, tolerated + 1)
    assert failed == min(broken, tolerated + 1)
    assert began == len(stacks) or failed == tolerated + 1


@given(STACKS, st.integers(1, 12), st.integers(0, 6))
def test_soft_keeps_its_width_and_what_is_under_way_may_exceed_the_tolerance(
    stacks: list[tuple[bool, int]], width: int, tolerated: int
) -> None:
    budget = Budget(tolerated, FailureMode.SOFT)

    began, failed, most = simulated(stacks, width, budget)

    broken = sum(fails for fails, _ in stacks)
    assert most == min(width, len(stacks))
    assert failed <= tolerated + width
    assert failed >= min(broken, tolerated + 1)
    assert began == len(stacks) or failed > tolerated


@given(STACKS, st.integers(1, 12), st.sampled_from(FailureMode))
def test_a_wave_without_failures_is_brought_to_its_end_whatever_is_tolerated(
    stacks: list[tuple[bool, int]], width: int, mode: FailureMode
) -> None:
    good = [(False, takes) for _, takes in stacks]

    began, failed, _ = simulated(good, width, Budget(0, mode))

    assert (began, failed) == (len(stacks), 0)


def test_the_examples_of_the_stacksets_documentation_hold() -> None:
    strict = Budget(5, FailureMode.STRICT)

    assert strict.room(10, failed=0) == 6
    assert strict.room(10, failed=2) == 4
    assert strict.room(3, failed=2) == 3
    assert Budget(5, FailureMode.SOFT).room(10, failed=5) == 10
    assert Budget(5, FailureMode.SOFT).room(10, failed=6) == 0


def test_percent_are_of_the_stacks_of_this_run_and_the_command_line_has_the_last_word() -> None:
    wave = Wave(failures=Failures(tolerance="10%", mode=FailureMode.SOFT))
    group = Group("wave some", JOBS, 8, wave)

    assert of(group, None) == Budget(2, FailureMode.SOFT)
    assert of(group, 7) == Budget(7, FailureMode.SOFT)
    assert of(Group("wave plain", JOBS, 8, Wave()), None) == Budget(0)
    assert of(Group("wave plain", JOBS, 8, Wave()), 7) == Budget(7)


def test_a_wave_that_says_nothing_of_failures_is_brought_to_its_end() -> None:
    assert Budget(0).room(8, failed=5) == 8
    assert Budget(0).spent(1)
