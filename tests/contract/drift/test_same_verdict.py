"""Reading and planning come to the same verdict, whatever is done by hand."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.drift import verdict
from orchestrator.model.drift import Baseline, Reading, Unread
from orchestrator.model.names import StackName
from tests.contract.drift import account_cases, log_archive_cases, security_cases
from tests.contract.drift.mutations import Case, Hands
from tests.contract.drift.rolled_out import World, rolled_out

pytestmark = [pytest.mark.terraform, pytest.mark.long]

BOOKS = (account_cases.BOOK, log_archive_cases.BOOK, security_cases.BOOK)
ACCOUNTS = {
    StackName.ACCOUNT: "payments-dev",
    StackName.LOG_ARCHIVE: "log-archive",
    StackName.SECURITY: "security",
}
UNDONE = [case for book in BOOKS for case in book.cases if not case.lasting]
LASTING = [case for book in BOOKS for case in book.cases if case.lasting]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    work: Path = tmp_path_factory.mktemp("drift")
    with rolled_out(work) as world:
        yield world


def both_ways(world: World, case: Case) -> None:
    """A plan's drift that reading does not see fails; what only reading sees is reported."""
    job = world.job(ACCOUNTS[case.stack], case.stack)
    with case.done(Hands(world.sandbox, job.key.account_id)):
        read, planned = world.read(job), world.planned(job)
    if isinstance(read, Unread) or planned is None:
        assert case.name.endswith("-orchestrator-plan"), "nothing but our own role denies us"
        assert isinstance(read, Unread)
        assert planned is None, f"only reading is denied: {read}"
        return
    assert not case.type or case.type in {change.type for change in planned}
    compare(case, world.baseline(job), read, {change.address for change in planned})


def compare(case: Case, baseline: Baseline, read: Reading, drifted: set[str]) -> None:
    suspects = set(verdict.differing(baseline.reading.resources, read.resources))
    assert drifted <= suspects, "the plan finds drift where reading finds none"
    assert bool(suspects) is (verdict.after(baseline, read) is not None)
    if suspects > drifted:
        warnings.warn(f"{case.name}: {sorted(suspects - drifted)} only by reading", stacklevel=2)


def test_there_are_enough_cases() -> None:
    assert len(UNDONE) + len(LASTING) >= 60
    assert len({case.type for case in UNDONE + LASTING if case.type}) >= 25


@pytest.mark.parametrize("case", UNDONE, ids=lambda case: f"{case.stack}-{case.name}")
def test_a_change_by_hand_has_the_same_verdict(world: World, case: Case) -> None:
    both_ways(world, case)


@pytest.mark.parametrize("stack", ACCOUNTS)
def test_all_is_as_before_when_the_changes_are_undone(world: World, stack: StackName) -> None:
    job = world.job(ACCOUNTS[stack], stack)
    read = world.read(job)

    assert isinstance(read, Reading)
    assert verdict.after(world.baseline(job), read) is None
    assert world.planned(job) == ()


@pytest.mark.parametrize("case", LASTING, ids=lambda case: f"{case.stack}-{case.name}")
def test_what_is_gone_or_replaced_has_the_same_verdict(world: World, case: Case) -> None:
    both_ways(world, case)
