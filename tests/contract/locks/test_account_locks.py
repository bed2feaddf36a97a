"""Two runs never meet in one account: on a bucket in memory, and on S3's conditional writes."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestrator.adapters.account_locks import KeptOut, Whereabouts
from orchestrator.adapters.aws.leases import LeaseBucket, Renewing, Seen
from orchestrator.errors import AccountBusy, AwsDenied
from orchestrator.model.lease import LENGTH
from orchestrator.model.names import StackName
from tests.builders import a_key, an_account
from tests.contract.locks.buckets import BUCKET, FakeS3

KEY = a_key(an_account(6, "orders"))
OTHER = a_key(an_account(7, "payments"))
LEASE, TFLOCK = f"locks/{KEY.account_id}.json", f"{KEY.state_key}.tflock"


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


class Machine:
    """Runs that share a folder of lock files, or each have their own."""

    def __init__(self, s3: Any, tmp: Path) -> None:
        self.s3, self.tmp, self.clock = s3, tmp, Clock()

    def run(self, name: str, machine: str = "", **who: Any) -> KeptOut:
        known: dict[str, Any] = {"host": machine, "place": machine} if machine else {}
        whereabouts = Whereabouts(name, self.clock, self.tmp / "build", **known, **who)
        bucket = LeaseBucket(lambda: self.s3, BUCKET)
        return KeptOut(whereabouts, bucket, self.tmp / f"files{machine}")

    def objects(self) -> set[str]:
        if isinstance(self.s3, FakeS3):
            return set(self.s3.objects)
        found = self.s3.pages("s3", "ListObjectsV2", "Contents", Bucket=BUCKET)
        return {each["Key"] for each in found}

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


def left_by(machine: Machine, run: str, place: str, pid: int = 0) -> None:
    """What a run leaves that was killed."""
    lease = Whereabouts(run, machine.clock, Path(), host=place, place=place, pid=pid).lease()
    body = {
        "run": lease.run,
        "host": lease.host,
        "place": lease.place,
        "pid": lease.pid,
        "since": lease.since.isoformat(),
        "until": lease.until.isoformat(),
    }
    machine.put(LEASE, json.dumps(body).encode())


def test_a_lease_elsewhere_is_taken_over_once_it_has_ended_and_not_before(
    machine: Machine,
) -> None:
    left_by(machine, "r-1", "elsewhere")

    with pytest.raises(AccountBusy), machine.run("r-2").hold(KEY):
        pass
    machine.clock.now += LENGTH
    with machine.run("r-2").hold(KEY):
        pass

    assert machine.objects() == set()


def test_a_run_that_resumes_another_does_not_wait_for_its_lease(machine: Machine) -> None:
    left_by(machine, "r-1", "elsewhere")

    with machine.run("r-2", chain=frozenset({"r-1"})).hold(KEY):
        pass

    assert machine.objects() == set()


def test_a_run_here_whose_process_is_gone_holds_nothing(machine: Machine) -> None:
    left_by(machine, "r-1", machine.run("r-2")._who.place, pid=2**22 + 1)

    with machine.run("r-2").hold(KEY):
        pass

    assert machine.objects() == set()


def terraforms_lock(machine: Machine, who: str, created: datetime) -> None:
    lock = {"ID": "f2d1", "Who": who, "Created": created.isoformat()}
    machine.put(TFLOCK, json.dumps(lock).encode())


def test_the_lock_that_a_killed_terraform_has_left_is_removed(machine: Machine) -> None:
    left_by(machine, "r-1", "elsewhere")
    terraforms_lock(machine, "runner@elsewhere", machine.clock.now + timedelta(seconds=9))
    machine.clock.now += LENGTH

    with machine.run("r-2").hold(KEY):
        assert machine.objects() == {LEASE}


@pytest.mark.parametrize(
    ("who", "after"), [("maria@laptop", 9), ("runner@elsewhere", -9), ("runner@elsewhere", 99999)]
)
def test_anyone_elses_lock_of_terraforms_is_left_alone(
    machine: Machine, who: str, after: float
) -> None:
    left_by(machine, "r-1", "elsewhere")
    terraforms_lock(machine, who, machine.clock.now + timedelta(seconds=after))
    machine.clock.now += LENGTH

    with machine.run("r-2").hold(KEY):
        assert machine.objects() == {LEASE, TFLOCK}


def test_a_lock_that_terraform_left_though_its_run_lived_is_removed_by_the_next(
    machine: Machine,
) -> None:
    first = machine.run("r-1")
    with first.hold(KEY):
        who = f"runner@{first._who.host}"
        terraforms_lock(machine, who, machine.clock.now + timedelta(seconds=1))
    assert machine.objects() == {TFLOCK}

    with machine.run("r-2").hold(KEY):
        assert machine.objects() == {LEASE}


def test_what_a_killed_run_left_goes_also_where_there_is_nothing_more_to_do(
    machine: Machine,
) -> None:
    left_by(machine, "r-1", "elsewhere")
    terraforms_lock(machine, "runner@elsewhere", machine.clock.now + timedelta(seconds=9))
    machine.run("r-2").tidy(KEY)
    assert machine.objects() == {LEASE, TFLOCK}, "it may still live"

    machine.clock.now += LENGTH
    machine.run("r-2").tidy(KEY)

    assert machine.objects() == set()


def test_a_lease_is_prolonged_while_its_holder_works(machine: Machine) -> None:
    bucket = LeaseBucket(lambda: machine.s3, BUCKET)
    lease = Whereabouts("r-1", machine.clock, Path()).lease()
    renewing = Renewing(
        KEY.account_id, Seen(lease, bucket.put(KEY.account_id, lease)), bucket, machine.clock
    )
    machine.clock.now += LENGTH / 2
    renewing.renew()

    seen = bucket.see(KEY.account_id)
    assert seen is not None
    assert seen.lease.until == machine.clock.now + LENGTH
    assert renewing.holds


def test_a_lease_that_another_has_taken_over_is_not_removed_by_us(machine: Machine) -> None:
    with machine.run("r-1").hold(KEY):
        machine.clock.now += 2 * LENGTH
        left_by(machine, "r-2", "elsewhere")

    assert machine.objects() == {LEASE}


def test_only_one_of_many_gets_an_account(machine: Machine) -> None:
    bucket = LeaseBucket(lambda: machine.s3, BUCKET)
    won: list[str] = []

    def race(name: str) -> None:
        lease = Whereabouts(name, machine.clock, Path()).lease()
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
