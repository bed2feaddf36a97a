from __future__ import annotations

import pytest

from orchestrator.model.names import StackName
from orchestrator.model.submission import Batch, Item, exceeded, steps
from orchestrator.model.waves import FailureMode, Failures, Health, Wave
from orchestrator.rollout.workers.item import bakes_too_long, batches, looking
from orchestrator.stages.jobs import Group, Job, together
from tests.builders import a_job, an_account
from tests.unit.rollout.workers.worker_fakes import RUN, a_submission


def jobs(count: int) -> tuple[Job, ...]:
    return tuple(a_job(an_account(number, f"app-{number}")) for number in range(10, 10 + count))


def a_wave(count: int, wave: Wave, width: int = 4) -> Group:
    return Group("wave production", jobs(count), width, wave)


def test_a_foundation_is_handed_out_alone_and_must_not_fail() -> None:
    founding = Group("log_archive", (a_job(an_account(), StackName.LOG_ARCHIVE),), 8)

    (batch,) = batches((founding,), tolerated=5)

    assert (batch.width, batch.tolerated, batch.mode) == (1, 0, FailureMode.STRICT)


def test_a_strict_wave_is_no_wider_than_one_more_than_may_fail() -> None:
    strict = Wave(failures=Failures(tolerance=1, mode=FailureMode.STRICT))
    soft = Wave(failures=Failures(tolerance=1, mode=FailureMode.SOFT))

    assert [batches((a_wave(9, wave),))[0].width for wave in (strict, soft)] == [2, 4]


def test_a_share_of_a_wave_is_a_count_of_its_stacks() -> None:
    wave = Wave(failures=Failures(tolerance="10%", mode=FailureMode.SOFT))

    assert batches((a_wave(25, wave),))[0].tolerated == 2


@pytest.mark.parametrize(("asked", "width"), [(None, 4), (2, 2), (40, 4)])
def test_a_wave_is_as_wide_as_it_says_or_less_if_asked(asked: int | None, width: int) -> None:
    assert batches((a_wave(9, Wave()),), asked)[0].width == width


def test_a_check_follows_a_wave_that_wants_one_unless_it_is_the_last() -> None:
    waves = (a_wave(1, Wave(health=Health())), a_wave(2, Wave(bake_minutes=5)))

    assert [batch.checked for batch in batches(waves)] == [True, False]


def test_a_wave_that_bakes_longer_than_a_worker_keeps_watch_is_named() -> None:
    long, short = a_wave(1, Wave(bake_minutes=600)), a_wave(1, Wave(bake_minutes=60))

    assert bakes_too_long((long, short)) == "wave production bakes for 600 min, workers for 300"
    assert bakes_too_long((short, long)) == ""


def test_looking_goes_on_whatever_fails() -> None:
    (batch,) = looking(together("plan", jobs(30)), 20)

    assert (batch.width, batch.tolerated) == (20, None)
    assert exceeded((batch,), {"plan": 29}, "plan") == ""


def test_what_is_handed_out_is_every_stack_once_and_the_checks_between_them() -> None:
    first = Batch("wave a", tuple(job.key for job in jobs(2)), 2, 0, checked=True)
    second = Batch("wave b", tuple(job.key for job in jobs(1)), 1, 0)

    handed = list(steps(a_submission(first, second)))

    assert [[item.name for item in items] for _, items in handed] == [
        ["200000000010-account", "200000000011-account"],
        ["check-wave a"],
        ["200000000010-account"],
    ]
    assert handed[1][1] == (Item(RUN, "wave a"),)
    assert (handed[1][0].width, handed[1][0].tolerated) == (1, 0)
