"""Two runs never meet in one account: on a bucket in memory, and on S3's conditional writes."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from orchestrator.adapters.account_locks import KeptOut, Whereabouts, alive, place
from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.leases import LeaseBucket, lease_text
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.state import AwsStateRepair
from orchestrator.errors import AccountBusy, AwsDenied, LeaseLost, UsageError
from orchestrator.model.lease import HELD, LENGTH
from orchestrator.model.names import StackName
from orchestrator.sandbox.client import Sandbox
from tests.builders import a_key, an_account
from tests.contract.locks.buckets import BUCKET, Clock, FakeS3, Timed
from tests.sandbox.fleets import HOME_REGION

KEY = a_key(an_account(6, "orders"))
OTHER = a_key(an_account(7, "payments"))
LEASE, TFLOCK = f"locks/{KEY.account_id}.json", f"{KEY.state_key}.tflock"


@dataclass
class Fence:
    """What it was told last of each folder."""

    allowed: dict[Path, float] = field(default_factory=dict)

    def allow(self, folder: Path, until: float | None) -> None:
        if until is not None:
            self.allowed[folder] = until


class Machine:
    """Runs that share a folder of lock files, or each have their own. `ticks` are those of all."""

    def __init__(self, s3: Any, tmp: Path) -> None:
        self.clock, self.tmp, self.ticks, self.fence = Clock(), tmp, 0.0, Fence()
        self.s3 = Timed(s3, self.clock)

    def run(self, name: str, machine: str = "", **who: Any) -> KeptOut:
        known: dict[str, Any] = {"host": machine, "place": machine} if machine else {}
        whereabouts = Whereabouts(name, self.tmp / "build", **{**known, **who})
        bucket, files = self.bucket(), self.tmp / f"files{machine}"
        return KeptOut(whereabouts, bucket, files, self.fence, lambda: self.ticks)

    def bucket(self) -> LeaseBucket:
        return LeaseBucket(lambda: cast("AwsSession", self.s3), BUCKET)

    def goes_on(self, time: timedelta) -> None:
        """Time passes, here and there."""
        self.clock.now += time
        self.ticks += time.total_seconds()

    def objects(self) -> set[str]:
        return self.s3.keys()

    def put(self, key: str, body: bytes) -> None:
        self.s3.call("s3", "PutObject", Bucket=BUCKET, Key=key, Body=body)


@pytest.fixture
def machine(s3: Any, tmp_path: Path) -> Machine:
    return Machine(s3, tmp_path)


def test_an_account_is_held_and_let_go(machine: Machine) -> None:
    with machine.run("r-1").hold(KEY):
        assert machine.objects() == {LEASE}
    assert machine.objects() == set()


def test_an_account_is_let_go_when_what_was_done_there_fails(machine: Machine) -> None:
    with pytest.raises(ZeroDivisionError), machine.run("r-1").hold(KEY):
        raise ZeroDivisionError

    assert machine.objects() == set()


@pytest.mark.parametrize("elsewhere", ["", "another"])
def test_another_run_is_kept_out_and_told_who_holds_the_account(
    machine: Machine, elsewhere: str
) -> None:
    with (
        machine.run("r-1").hold(KEY),
        pytest.raises(AccountBusy, match="held by run r-1 on"),
        machine.run("r-2", elsewhere).hold(KEY),
    ):
        pass

    assert machine.objects() == set()


def test_other_accounts_are_free(machine: Machine) -> None:
    with machine.run("r-1").hold(KEY), machine.run("r-2").hold(OTHER):
        assert len(machine.objects()) == 2


def test_stacks_of_one_run_in_one_account_wait_for_each_other(machine: Machine) -> None:
    run, order = machine.run("r-1"), list[str]()
    first_in = threading.Event()

    def second() -> None:
        first_in.wait(5)
        with run.hold(replace(KEY, stack=StackName.SECURITY)):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with run.hold(KEY):
        first_in.set()
        thread.join(0.2)
        order.append("first")
    thread.join(5)

    assert order == ["first", "second"]


def left_by(
    machine: Machine, run: str, place: str, pid: int = 0, clock: timedelta = timedelta()
) -> None:
    """What a run leaves that was killed, on a machine whose clock is off by so much."""
    who = Whereabouts(run, Path(), host=place, place=place, pid=pid)
    machine.put(LEASE, lease_text(who.lease(machine.clock() + clock)).encode())


APART = [timedelta(hours=-1), timedelta(), timedelta(hours=1)]


@pytest.mark.parametrize("apart", APART, ids=["behind", "right", "ahead"])
def test_a_lease_elsewhere_is_taken_over_once_it_has_ended_and_not_before(
    machine: Machine, apart: timedelta
) -> None:
    left_by(machine, "r-1", "elsewhere", clock=apart)

    for passed in (LENGTH - timedelta(seconds=1), timedelta(seconds=1)):
        with pytest.raises(AccountBusy), machine.run("r-2").hold(KEY):
            pass
        machine.goes_on(passed)
    with machine.run("r-2").hold(KEY):
        pass

    assert machine.objects() == set()


def test_a_run_here_whose_process_is_gone_holds_nothing(machine: Machine) -> None:
    left_by(machine, "r-1", machine.run("r-2")._who.place, pid=2**22 + 1)

    with machine.run("r-2").hold(KEY):
        pass

    assert machine.objects() == set()


def terraforms_lock(machine: Machine, who: str, apart: timedelta = timedelta()) -> None:
    """Taken now, on a machine whose clock is off by so much."""
    lock = {"ID": "f2d1", "Who": who, "Created": (machine.clock() + apart).isoformat()}
    machine.put(TFLOCK, json.dumps(lock).encode())


@pytest.mark.parametrize("apart", APART, ids=["behind", "right", "ahead"])
def test_the_lock_that_a_killed_terraform_has_left_is_removed(
    machine: Machine, apart: timedelta
) -> None:
    left_by(machine, "r-1", "elsewhere")
    machine.goes_on(timedelta(seconds=9))
    terraforms_lock(machine, "runner@elsewhere", apart)
    machine.goes_on(LENGTH)

    with machine.run("r-2").hold(KEY):
        assert machine.objects() == {LEASE}


@pytest.mark.parametrize(
    ("who", "after"), [("maria@laptop", 9), ("runner@elsewhere", -9), ("runner@elsewhere", 99999)]
)
def test_anyone_elses_lock_of_terraforms_is_left_alone(
    machine: Machine, who: str, after: int
) -> None:
    if after < 0:
        terraforms_lock(machine, who)
        machine.goes_on(timedelta(seconds=-after))
    left_by(machine, "r-1", "elsewhere")
    if after > 0:
        machine.goes_on(timedelta(seconds=after))
        terraforms_lock(machine, who)
    machine.goes_on(LENGTH)

    with machine.run("r-2").hold(KEY):
        assert machine.objects() == {LEASE, TFLOCK}


def test_a_lock_that_is_taken_while_one_looks_is_left_alone(machine: Machine) -> None:
    terraforms_lock(machine, "runner@elsewhere")
    seen = machine.bucket().leftover(KEY)
    terraforms_lock(machine, "maria@laptop", timedelta(seconds=1))

    assert seen is not None
    assert not machine.bucket().clear(KEY, seen)
    assert machine.objects() == {TFLOCK}


def test_a_lock_that_terraform_left_though_its_run_lived_is_removed_by_the_next(
    machine: Machine,
) -> None:
    first = machine.run("r-1")
    with first.hold(KEY):
        terraforms_lock(machine, f"runner@{first._who.host}")
    assert machine.objects() == {TFLOCK}

    with machine.run("r-2").hold(KEY):
        assert machine.objects() == {LEASE}


def test_what_a_killed_run_left_goes_also_where_there_is_nothing_more_to_do(
    machine: Machine,
) -> None:
    left_by(machine, "r-1", "elsewhere")
    terraforms_lock(machine, "runner@elsewhere")
    machine.run("r-2").tidy(KEY)
    assert machine.objects() == {LEASE, TFLOCK}, "it may still live"

    machine.goes_on(LENGTH)
    machine.run("r-2").tidy(KEY)

    assert machine.objects() == set()


def test_a_lease_is_prolonged_while_its_holder_works(machine: Machine) -> None:
    first = machine.run("r-1", "one")
    with first.hold(KEY):
        for _ in range(5):
            machine.goes_on(LENGTH / 2)
            first.confirm(KEY)

            with pytest.raises(AccountBusy), machine.run("r-2", "two").hold(KEY):
                pass
        until = machine.ticks + HELD.total_seconds()
        assert machine.fence.allowed == {machine.tmp / "build" / KEY.folder: until}


def test_a_run_that_was_paused_for_longer_than_its_lease_has_lost_it(machine: Machine) -> None:
    second = machine.run("r-2", "two")
    with pytest.raises(LeaseLost), machine.run("r-1", "one").hold(KEY):
        machine.goes_on(LENGTH)
        with second.hold(KEY):
            pass

    assert machine.objects() == set()


def test_a_lease_that_another_has_taken_over_is_neither_renewed_nor_removed_by_us(
    machine: Machine,
) -> None:
    first = machine.run("r-1", "one")
    with pytest.raises(LeaseLost), first.hold(KEY):
        # Its own time stands still, as in a machine that was frozen and does not know of it.
        machine.clock.now += LENGTH
        left_by(machine, "r-2", "elsewhere")
        with pytest.raises(LeaseLost):
            first.confirm(KEY)
        assert machine.fence.allowed[machine.tmp / "build" / KEY.folder] <= machine.ticks

    assert machine.objects() == {LEASE}
    seen = machine.bucket().see(KEY.account_id).seen
    assert seen is not None
    assert seen.lease.run == "r-2"


def test_a_lease_that_cannot_be_renewed_holds_for_a_while_and_no_longer(machine: Machine) -> None:
    first = machine.run("r-1", "one")
    with pytest.raises(LeaseLost), first.hold(KEY):
        machine.s3.fails = {"PutObject"}
        machine.goes_on(HELD - timedelta(seconds=1))
        first.confirm(KEY)
        machine.goes_on(timedelta(seconds=1))
        first.confirm(KEY)


def test_an_answer_that_was_lost_does_not_cost_the_lease(machine: Machine) -> None:
    bucket, lease = machine.bucket(), Whereabouts("r-1", Path()).lease(machine.clock())
    first = bucket.put(KEY.account_id, lease)

    longer = replace(lease, until=lease.until + LENGTH)
    second = bucket.put(KEY.account_id, longer, over=first)

    assert bucket.put(KEY.account_id, longer, over=first) == second
    assert bucket.put(KEY.account_id, replace(longer, run="r-2"), over=first) == ""


def test_only_one_of_many_gets_an_account(machine: Machine) -> None:
    bucket = machine.bucket()
    won: list[str] = []

    def race(name: str) -> None:
        lease = Whereabouts(name, Path()).lease(machine.clock())
        if bucket.put(KEY.account_id, lease):
            won.append(name)

    threads = [threading.Thread(target=race, args=(f"r-{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1


def test_who_may_not_lock_accounts_is_told_the_way_out(tmp_path: Path) -> None:
    machine = Machine(FakeS3(forbidden=True), tmp_path)

    with (
        pytest.raises(AwsDenied, match="orchestrator bootstrap"),
        machine.run("r-1").hold(KEY),
    ):
        pass


def test_a_lease_that_cannot_be_read_lets_nobody_in(machine: Machine) -> None:
    machine.put(LEASE, b"{ torn")

    with pytest.raises(AwsDenied, match="remove locks/"), machine.run("r-1").hold(KEY):
        pass


def a_repair(machine: Machine) -> AwsStateRepair:
    """`state unlock`, as it is asked for on this machine."""
    keys = cast("CredentialCache", SimpleNamespace(runner=lambda: machine.s3))
    return AwsStateRepair(keys, BUCKET, machine.tmp / "build", place(), alive)


@pytest.mark.parametrize("where", ["", "elsewhere"])
def test_a_lock_under_which_a_run_is_at_work_cannot_be_unlocked_by_hand(
    machine: Machine, where: str
) -> None:
    with machine.run("r-1", where).hold(KEY):
        terraforms_lock(machine, "runner@elsewhere")

        with pytest.raises(UsageError, match=r"is at work: account .* is held by run r-1"):
            a_repair(machine).unlock(KEY, "f2d1")
        assert machine.objects() == {LEASE, TFLOCK}

    assert a_repair(machine).unlock(KEY, "f2d1").who == "runner@elsewhere"
    assert machine.objects() == set()


def test_a_lock_of_a_run_that_is_gone_is_unlocked_by_hand(machine: Machine) -> None:
    left_by(machine, "r-1", "elsewhere")
    terraforms_lock(machine, "runner@elsewhere")
    machine.goes_on(LENGTH)

    a_repair(machine).unlock(KEY, "f2d1")

    assert machine.objects() == {LEASE}


def test_s3_says_itself_when_a_lease_was_written_and_what_time_it_is(sandbox: Sandbox) -> None:
    session = AwsSession(sandbox.environment, HOME_REGION)
    bucket, before = LeaseBucket(lambda: session, BUCKET), datetime.now(UTC)
    nothing = bucket.see(OTHER.account_id)
    wrong = Whereabouts("r-1", Path()).lease(before - timedelta(days=9))

    etag = bucket.put(OTHER.account_id, wrong)
    look = bucket.see(OTHER.account_id)
    bucket.remove(OTHER.account_id, etag)

    assert nothing.seen is None
    assert look.seen is not None
    near = timedelta(minutes=1)
    assert abs(nothing.at - before) < near
    assert abs(look.at - before) < near
    assert abs(look.seen.lease.until - LENGTH - before) < near
