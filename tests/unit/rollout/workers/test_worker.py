from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from orchestrator.errors import AccountBusy
from orchestrator.model.events import StageStarted
from orchestrator.model.names import StackKey
from orchestrator.model.run import Answer, Outcome, Probe, StackResult
from orchestrator.model.submission import Batch, Cancelled, Item
from orchestrator.model.waves import FailureMode, Health, Wave
from tests.builders import a_change
from tests.fakes import NOW, FakeInspector, FakeLocks, FakeTerraform, some_ports
from tests.unit.rollout.workers.worker_fakes import (
    ORDERS,
    PAYMENTS,
    RUN,
    FakeObjects,
    FakeQueue,
    Worker,
    a_submission,
)

CANCELLED = Cancelled("ops", "the canary looks wrong", NOW)
BROKEN = {"orders": RuntimeError("no such bucket")}


def applying(**terraform: object) -> tuple[Worker, FakeTerraform]:
    given = FakeTerraform(changes=(a_change(),), **terraform)  # type: ignore[arg-type]
    return Worker(some_ports(given)), given


def applied(terraform: FakeTerraform) -> list[str]:
    return [call for call in terraform.calls if call.startswith("apply")]


def test_an_item_is_applied_concluded_and_then_answered() -> None:
    worker, terraform = applying()

    assert worker.serve() == ["succeeded: applied", "removed"]
    assert applied(terraform) == ["apply orders/account"]
    assert worker.conclusion() is not None
    assert [result.outcome for result in worker.records.results(RUN)] == [Outcome.APPLIED]


def test_an_item_that_comes_twice_is_applied_once_and_answered_twice() -> None:
    worker, terraform = applying()

    assert worker.serve() == worker.serve() == ["succeeded: applied", "removed"]
    assert applied(terraform) == ["apply orders/account"]


def test_an_item_nobody_waits_for_is_removed_and_nothing_else() -> None:
    worker, terraform = applying()
    worker.queue = FakeQueue(heard=lambda: False)

    assert worker.serve() == ["removed"]
    assert terraform.calls == []


def test_nothing_starts_of_a_run_that_was_called_off() -> None:
    worker, terraform = applying()
    worker.records.cancel(RUN, CANCELLED)

    said = worker.serve()

    assert said == ["failed: interrupted: cancelled by ops: the canary looks wrong", "removed"]
    assert terraform.calls == []
    assert worker.conclusion() is None


def test_a_run_called_off_while_a_stack_is_planned_is_not_applied() -> None:
    @dataclass
    class CalledOff(FakeTerraform):
        def init(self, *_: object) -> bool:
            worker.records.cancel(RUN, CANCELLED)
            worker.draining.wait(0.5)
            return False

    terraform = CalledOff(changes=(a_change(),))
    worker = Worker(some_ports(terraform), heartbeat=0.01)

    assert worker.serve()[0].startswith("failed: interrupted: cancelled by ops")
    assert terraform.calls == ["plan orders/account"]


def test_a_worker_that_leaves_gives_back_what_it_has_not_begun() -> None:
    worker, terraform = applying()
    worker.draining.set()

    assert worker.serve() == ["back in 0 s"]
    assert terraform.calls == []


def test_a_worker_that_is_told_to_leave_while_it_applies_brings_that_to_its_end() -> None:
    @dataclass
    class Offboarding(FakeTerraform):
        def apply(self, *args: object) -> None:
            worker.draining.set()
            super().apply(*args)  # type: ignore[arg-type]

    terraform = Offboarding(changes=(a_change(),))
    worker = Worker(some_ports(terraform))

    assert worker.serve() == ["succeeded: applied", "removed"]


def test_a_failure_is_counted_and_said() -> None:
    worker, _ = applying(failing=BROKEN)

    said = worker.serve()

    assert said == ["failed: failed: plan: RuntimeError: no such bucket", "removed"]
    assert worker.records.failures(RUN) == {"wave canary": 1}


@pytest.mark.parametrize(
    ("mode", "starts"), [(None, True), (FailureMode.SOFT, False), (FailureMode.STRICT, False)]
)
def test_more_failures_than_tolerated_stop_a_wave_that_is_not_to_be_brought_to_its_end(
    mode: FailureMode | None, starts: bool
) -> None:
    worker, terraform = applying(failing=BROKEN)
    worker.submission = a_submission(Batch("wave canary", (ORDERS.key, PAYMENTS.key), 2, 0, mode))
    worker.serve(ORDERS)

    said = worker.serve(PAYMENTS)

    assert bool(applied(terraform)) is starts
    assert said[0] == (
        "succeeded: applied" if starts else "failed: skipped: one stack of wave canary failed"
    )


def test_nothing_starts_after_a_wave_in_which_too_many_have_failed() -> None:
    worker, terraform = applying(failing=BROKEN)
    canary, rest = (
        Batch("wave canary", (ORDERS.key,), 1, 0),
        Batch("wave rest", (PAYMENTS.key,), 1, 0),
    )
    worker.submission = a_submission(canary, rest)
    worker.serve(ORDERS)

    said = worker.serve(PAYMENTS, "wave rest")

    assert said == ["failed: skipped: one stack of wave canary failed", "removed"]
    assert applied(terraform) == []


def test_as_many_failures_as_tolerated_stop_nothing() -> None:
    worker, terraform = applying(failing=BROKEN)
    batch = Batch("wave canary", (ORDERS.key, PAYMENTS.key), 2, 1, FailureMode.STRICT)
    worker.submission = a_submission(batch)
    worker.serve(ORDERS)

    assert worker.serve(PAYMENTS) == ["succeeded: applied", "removed"]
    assert applied(terraform) == ["apply payments/account"]


def test_what_the_run_was_not_asked_is_not_done() -> None:
    worker, terraform = applying()

    said = worker.serve(ORDERS, "wave nobody")

    assert said == ["failed: skipped: the run has no 'wave nobody'", "removed"]
    assert terraform.calls == []


def test_a_worker_that_renders_something_else_refuses() -> None:
    worker, terraform = applying()
    asked = replace(worker.submission.inputs, rendered={ORDERS.key: "e" * 64})
    worker.submission = replace(worker.submission, inputs=asked)

    said = worker.serve()

    assert said == [
        "failed: refused: worker a-worker: it renders the stack differently",
        "removed",
    ]
    assert terraform.calls == []


def test_records_out_of_reach_leave_an_item_for_later() -> None:
    worker, terraform = applying()
    worker.objects = FakeObjects(denied="/results/")

    assert worker.serve() == ["back in 30 s"]
    assert terraform.calls == []


def test_a_conclusion_that_cannot_be_read_is_a_failure_and_never_none() -> None:
    worker, terraform = applying()
    worker.objects.kept[f"runs/{RUN}/results/200000000006-account.json"] = b"{"

    said = worker.serve()

    assert said[0].startswith(f"failed: failed: runs/{RUN}/results/200000000006-account.json")
    assert said[1] == "removed"
    assert terraform.calls == []


@dataclass
class Yielding(FakeLocks):
    """Busy at first; `meanwhile` is what its holder does in its last moment."""

    meanwhile: Callable[[], object] = lambda: None
    tries: int = 3

    @contextmanager
    def hold(self, key: StackKey) -> Iterator[None]:
        self.tries -= 1
        if self.tries:
            raise AccountBusy(key.account_id, "another worker")
        self.meanwhile()
        with super().hold(key):
            yield


def test_an_account_of_a_worker_that_was_lost_is_waited_for() -> None:
    locks, terraform = Yielding(), FakeTerraform(changes=(a_change(),))
    worker = Worker(some_ports(terraform, locks=locks))

    assert worker.serve() == ["succeeded: applied", "removed"]
    assert applied(terraform) == ["apply orders/account"]
    assert locks.held == []


def test_what_a_slow_worker_concludes_while_its_account_is_waited_for_is_not_done_again() -> None:
    def concludes() -> None:
        item = Item(RUN, "wave canary", ORDERS.key)
        worker.records.conclude(item, StackResult(ORDERS.key, Outcome.APPLIED))

    locks, terraform = Yielding(meanwhile=concludes), FakeTerraform(changes=(a_change(),))
    worker = Worker(some_ports(terraform, locks=locks))

    assert worker.serve() == ["succeeded: applied", "removed"]
    assert terraform.calls == []


def test_the_first_conclusion_counts() -> None:
    worker, _ = applying()
    item = Item(RUN, "wave canary", ORDERS.key)

    worker.records.conclude(item, StackResult(ORDERS.key, Outcome.APPLIED))
    kept = worker.records.conclude(item, StackResult(ORDERS.key, Outcome.UNCHANGED))

    assert kept.outcome is Outcome.APPLIED
    assert worker.conclusion() == kept


def test_that_an_apply_begins_is_on_record_before_it_does() -> None:
    @dataclass
    class Looking(FakeTerraform):
        told: list[str] = field(default_factory=list)

        def apply(self, *args: object) -> None:
            notes = worker.records.notes(RUN)
            self.told = [n.said.stage for n in notes if isinstance(n.said, StageStarted)]
            super().apply(*args)  # type: ignore[arg-type]

    terraform = Looking(changes=(a_change(),))
    worker = Worker(some_ports(terraform))
    worker.serve()

    assert terraform.told == ["init", "plan", "scan", "apply"]


WELL, ILL = Probe("Security Hub", Answer.AS_DECLARED), Probe("Security Hub", Answer.DIFFERENT)


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        (WELL, "succeeded: in sync"),
        (ILL, "failed: failed: wave canary is not healthy: orders: Security Hub: different"),
    ],
)
def test_a_wave_that_is_not_well_ends_the_run(probe: Probe, said: str) -> None:
    batch = Batch("wave canary", (ORDERS.key,), 1, 0, checked=True)
    ports = some_ports(conformance=FakeInspector((probe,)))
    worker = Worker(ports, a_submission(batch), wave=Wave(health=Health()))

    assert worker.serve(None) == [said, "removed"]
    assert worker.serve(None) == [said, "removed"]


def test_a_check_that_was_interrupted_is_made_again_by_another_worker() -> None:
    batch = Batch("wave canary", (ORDERS.key,), 1, 0, checked=True)
    worker = Worker(some_ports(), a_submission(batch), wave=Wave(bake_minutes=1))
    worker.draining.set()

    assert worker.serve(None) == ["back in 0 s"]
    assert worker.records.checked(Item(RUN, "wave canary")) is None


def test_a_worker_that_has_lost_its_lease_concludes_nothing_and_leaves_it_to_another() -> None:
    terraform = FakeTerraform(changes=(a_change(),))
    worker = Worker(some_ports(terraform, locks=FakeLocks(lost=frozenset({"orders"}))))

    said = worker.serve()

    assert not [each for each in said if each.startswith(("succeeded", "failed"))]
    assert worker.records.concluded(Item(RUN, "wave canary", ORDERS.key)) is None
    assert worker.records.failures(RUN) == {}
