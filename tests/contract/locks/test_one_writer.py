"""Whatever several workers do to one account, and whenever they stand still: one of them writes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from orchestrator.adapters.account_locks import KeptOut, Whereabouts
from orchestrator.adapters.aws.leases import LeaseBucket
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.process_guard import KILL
from orchestrator.errors import AccountBusy, LeaseLost
from tests.builders import a_key, an_account
from tests.contract.locks.buckets import BUCKET, Clock, Timed

KEY = a_key(an_account(6, "orders"))
LEASE, RESULT = f"locks/{KEY.account_id}.json", "runs/result"
WORKERS = st.integers(0, 2)
TIMES = st.sampled_from([1, 60, 179, 400, 581, 711, 899, 900, 3600])
"""Seconds: shorter than a renewal, as long as a lease is relied on, longer than one."""


@dataclass
class Worker:
    """One run on a machine of its own. `until` is when what runs there is interrupted."""

    name: str
    s3: Timed
    folder: Path
    ticks: float = 0.0
    until: float | None = None
    frozen: bool = False
    held: AbstractContextManager[None] | None = None

    def __post_init__(self) -> None:
        who = Whereabouts(self.name, self.folder, host=self.name, place=self.name)
        bucket = LeaseBucket(lambda: cast("AwsSession", self.s3), BUCKET)
        self.locks = KeptOut(who, bucket, self.folder / self.name, self, lambda: self.ticks)

    def allow(self, folder: Path, until: float | None) -> None:
        self.until = until

    @property
    def at_work(self) -> bool:
        """Whether Terraform may be at work: it is killed so long after the interrupt."""
        return self.until is not None and self.ticks < self.until + 2 * KILL

    def holds(self) -> bool:
        """Where the machine knows that time has passed, by the time it relies on its lease."""
        return self.until is not None and self.ticks < self.until

    def stop(self) -> None:
        """The process is gone: nothing renews any more."""
        self.locks._held[KEY.account_id]._ended.set()


class Leases(RuleBasedStateMachine):
    """`inner` is set by the test: the bucket."""

    inner: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.gone = Clock(), list[Worker]()
        self.s3 = Timed(self.inner, self.clock)
        self.folder = Path(mkdtemp())
        for key in sorted(self.s3.keys()):
            self.s3.call("s3", "DeleteObject", Bucket=BUCKET, Key=key)
        self.workers = [self._worker() for _ in range(3)]

    def _worker(self) -> Worker:
        self.made = getattr(self, "made", 0) + 1
        return Worker(f"r-{self.made}", self.s3, self.folder)

    def _lease(self) -> str:
        """Whose lease the bucket has."""
        seen = LeaseBucket(lambda: cast("AwsSession", self.s3), BUCKET).see(KEY.account_id).seen
        return seen.lease.run if seen else ""

    @rule(n=WORKERS)
    def claim(self, n: int) -> None:
        worker = self.workers[n]
        if worker.held:
            return
        held = worker.locks.hold(KEY)
        try:
            held.__enter__()
        except AccountBusy:
            return
        worker.held, worker.frozen = held, False
        assert self._lease() == worker.name

    @rule(n=WORKERS)
    def renew(self, n: int) -> None:
        worker = self.workers[n]
        if worker.held:
            worker.locks._held[KEY.account_id].renew()

    @rule(n=WORKERS)
    def write(self, n: int) -> None:
        """What is written is written by the one whom S3 has the account for, or not at all."""
        worker = self.workers[n]
        if not worker.held:
            return
        try:
            worker.locks.confirm(KEY)
        except LeaseLost:
            assert not worker.holds()
            return
        assert self._lease() == worker.name
        self.s3.call("s3", "PutObject", Bucket=BUCKET, Key=RESULT, Body=worker.name.encode())

    @rule(n=WORKERS)
    def let_go(self, n: int) -> None:
        worker = self.workers[n]
        if not worker.held:
            return
        try:
            worker.held.__exit__(None, None, None)
        except LeaseLost:
            assert self._lease() != worker.name or not worker.holds()
        self.gone.append(worker)
        self.workers[n] = self._worker()

    @rule(n=WORKERS)
    def die(self, n: int) -> None:
        """Terraform may go on for a while; the guard ends it."""
        worker = self.workers[n]
        if worker.held:
            worker.stop()
            self.gone.append(worker)
            self.workers[n] = self._worker()

    @rule(seconds=TIMES)
    def time_passes(self, seconds: int) -> None:
        """Without a renewal: the workers stand still, and their machines' clocks go on."""
        self.clock.now += timedelta(seconds=seconds)
        for worker in (*self.workers, *self.gone):
            worker.ticks += seconds

    @precondition(lambda self: any(worker.held for worker in self.workers))
    @rule(n=WORKERS, seconds=TIMES)
    def freeze(self, n: int, seconds: int) -> None:
        """A machine is frozen as a whole: for it no time has passed, and it does nothing."""
        self.clock.now += timedelta(seconds=seconds)
        for number, worker in enumerate(self.workers):
            worker.ticks += seconds if number != n else 0
        for worker in self.gone:
            worker.ticks += seconds
        self.workers[n].frozen = self.workers[n].frozen or self.workers[n].held is not None

    @invariant()
    def one_terraform_at_most_is_at_work(self) -> None:
        known = [each for each in (*self.workers, *self.gone) if not each.frozen]
        assert len([each for each in known if each.at_work]) <= 1

    def teardown(self) -> None:
        for worker in self.workers:
            if worker.held:
                worker.stop()


def test_at_most_one_of_several_workers_ever_writes(
    s3: Any, request: pytest.FixtureRequest
) -> None:
    class OfThisBucket(Leases):
        inner = s3

    fake = "fake" in request.node.name
    run_state_machine_as_test(
        OfThisBucket,
        settings=settings(
            max_examples=80 if fake else 15,
            stateful_step_count=40 if fake else 25,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
