from __future__ import annotations

from itertools import chain

import pytest

from orchestrator.model.events import Halted, StageEnded, StageStarted, Waiting
from orchestrator.model.run import Outcome
from orchestrator.views.live_state import WINDOW
from tests.unit.views.told import LOG_ARCHIVE, Telling, groups, in_the_middle, key

EVERYBODY = list(chain.from_iterable(keys for _, keys in groups()))


def test_a_run_begins_with_nothing_done_and_no_guess_how_long_it_takes() -> None:
    run = Telling()
    run.begin()

    assert (run.progress.stacks, run.progress.done, run.progress.failed) == (501, 0, 0)
    assert run.progress.rate(run.now) is None
    assert run.progress.left(run.now) is None


def test_every_stack_that_ends_is_counted_in_its_wave_with_its_outcome() -> None:
    wave = in_the_middle().progress.groups["wave development"]

    assert (wave.done, wave.failed, wave.stacks, wave.planned) == (200, 5, 280, 280)
    assert wave.outcomes == {Outcome.APPLIED: 195, Outcome.DENIED: 5}


def test_a_stack_runs_from_the_beginning_of_a_stage_to_its_end() -> None:
    run = Telling()
    run.begin()
    run.emit(StageStarted(LOG_ARCHIVE, "init"))
    run.now += 5
    assert run.progress.running[LOG_ARCHIVE].since == run.now - 5

    run.emit(StageEnded(LOG_ARCHIVE, "init", 5.0), StageStarted(LOG_ARCHIVE, "plan"))
    assert [at.stage for at in run.progress.running.values()] == ["plan"]

    run.emit(StageEnded(LOG_ARCHIVE, "plan", 1.0))
    assert run.progress.running == {}


def test_rate_and_time_left_are_those_of_late() -> None:
    run = in_the_middle()

    assert run.progress.rate(run.now - 6) == pytest.approx(1.0, rel=0.02)
    assert run.progress.left(run.now - 6) == pytest.approx(299, rel=0.02)


def test_a_run_that_stands_still_loses_its_rate() -> None:
    run = in_the_middle()

    assert run.progress.rate(run.now + WINDOW) is None
    assert run.progress.left(run.now + WINDOW) is None


def test_the_rate_of_plans_is_known_for_as_long_as_plans_are_made() -> None:
    run = Telling()
    run.begin()
    for each in EVERYBODY[:61]:
        run.plan(each)
        run.now += 0.5

    assert run.progress.plan_rate(run.now - 0.5) == pytest.approx(2.0)
    assert run.progress.plan_rate(run.now + 60) is None
    assert run.progress.rate(run.now) is None
    assert run.progress.left(run.now) is None


def test_skipped_stacks_are_done_but_neither_failures_nor_a_rate() -> None:
    run = Telling()
    run.begin()
    for number in range(1, 10):
        run.end(key(number), Outcome.SKIPPED, "the budget is spent")

    assert run.progress.done == 9
    assert run.progress.failed == 0
    assert run.progress.failures == ()
    assert run.progress.rate(run.now + 1) is None


def test_the_latest_failures_are_kept_and_all_are_counted() -> None:
    run = Telling()
    run.begin()
    for number in range(1, 101):
        run.end(key(number), Outcome.FAILED, f"reason {number}")

    assert run.progress.failed == 100
    assert run.progress.failures[-1].reason == "reason 100"
    assert len(run.progress.failures) < 100


def test_a_plan_made_again_counts_once() -> None:
    run = Telling()
    run.begin()
    run.plan(key(1))
    run.plan(key(1))

    assert run.progress.groups["wave canary"].planned == 1


def test_a_halted_run_has_no_time_left() -> None:
    run = in_the_middle()
    run.emit(Waiting("bake time", 60.0), Halted("3 failures, 2 are tolerated"))

    assert run.progress.waiting == ""
    assert run.progress.halted == "3 failures, 2 are tolerated"
    assert run.progress.left(run.now) is None


def test_events_of_a_stack_nobody_announced_do_no_harm() -> None:
    run = Telling()

    run.plan(key(1))
    run.end(key(1), Outcome.FAILED)

    assert run.progress.failed == 1
