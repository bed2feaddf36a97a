"""Who may take over a lease, and whose lock of Terraform's may be removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.adapters.aws import leases
from orchestrator.model.lease import LENGTH, Here, Lease, Leftover, left_behind, may_take_over

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOW + LENGTH
LEASE = Lease("r-1", "ci-7", "there", 42, NOW, LATER, "8812")
HERE = Here("here", NOW + timedelta(minutes=1))
LOCK = Leftover("f2d1", "runner@ci-7", NOW + timedelta(seconds=20))


def test_a_lease_elsewhere_holds_until_it_ends() -> None:
    assert not may_take_over(LEASE, alive=False, here=HERE)
    assert may_take_over(LEASE, alive=False, here=replace(HERE, now=LATER))


def test_a_lease_here_holds_exactly_as_long_as_its_process_lives() -> None:
    here = replace(HERE, place="there")

    assert may_take_over(LEASE, alive=False, here=here)
    assert not may_take_over(LEASE, alive=True, here=replace(here, now=LATER))


def test_terraforms_lock_goes_when_its_run_and_its_terraform_are_gone() -> None:
    here = Here("there", HERE.now)

    assert left_behind(LOCK, LEASE, running=False, here=here)
    assert not left_behind(LOCK, LEASE, running=True, here=here)


def test_of_another_machine_only_the_end_of_the_lease_tells_that_terraform_is_gone() -> None:
    assert not left_behind(LOCK, LEASE, running=False, here=HERE)
    assert left_behind(LOCK, LEASE, running=False, here=replace(HERE, now=LATER))


@pytest.mark.parametrize(
    "lock",
    [
        replace(LOCK, who="maria@laptop"),
        replace(LOCK, created=NOW - timedelta(seconds=1)),
        replace(LOCK, created=LATER + timedelta(seconds=1)),
    ],
)
def test_a_lock_that_is_not_of_the_holder_before_us_is_left_alone(lock: Leftover) -> None:
    here = Here("there", LATER + LENGTH)

    assert not left_behind(lock, LEASE, running=False, here=here)
    assert not left_behind(LOCK, None, running=False, here=here)


def test_a_lease_is_read_as_it_was_written() -> None:
    assert leases.lease_from(leases.lease_text(LEASE)) == LEASE


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"run": "r-1"}', '"text"', "null"])
def test_what_is_no_lease_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        leases.lease_from(text)


def test_terraforms_lock_is_read_with_gos_nanoseconds() -> None:
    text = (
        b'{"ID":"f2d1","Operation":"OperationTypeApply","Info":"","Who":"runner@ci-7",'
        b'"Version":"1.11.4","Created":"2026-06-01T12:00:20.123456789Z","Path":"x"}'
    )

    lock = leases.leftover_from(text)

    assert lock == replace(LOCK, created=LOCK.created + timedelta(microseconds=123456))
