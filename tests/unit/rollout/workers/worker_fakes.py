"""A queue and records that remember, and a worker that stands before them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from orchestrator.adapters.workers.records import ObjectRecords
from orchestrator.errors import AwsDenied
from orchestrator.model.events import Inputs
from orchestrator.model.run import StackResult
from orchestrator.model.submission import Batch, Item, Submission
from orchestrator.model.waves import Wave
from orchestrator.ports import Ports
from orchestrator.ports.workers import Delivery
from orchestrator.rollout.workers.item import SubmittedRun
from orchestrator.rollout.workers.lease import Beat
from orchestrator.rollout.workers.worker import Serving
from orchestrator.stages.jobs import Job
from tests.builders import a_job, a_key, an_account
from tests.fakes import NOW, some_ports

RUN = "20260601-120000-ab12"
ORDERS, PAYMENTS = a_job(an_account()), a_job(an_account(7, "payments"))


@dataclass
class FakeObjects:
    """A bucket; `denied` keys cannot be reached."""

    kept: dict[str, bytes] = field(default_factory=dict)
    denied: str = "nothing"

    def get(self, key: str) -> bytes | None:
        self._reach(key)
        return self.kept.get(key)

    def put(self, key: str, content: bytes, *, first: bool = False) -> bool:
        self._reach(key)
        if first and key in self.kept:
            return False
        self.kept[key] = content
        return True

    def keys(self, prefix: str) -> tuple[str, ...]:
        self._reach(prefix)
        return tuple(sorted(key for key in self.kept if key.startswith(prefix)))

    def _reach(self, key: str) -> None:
        if self.denied in key:
            raise AwsDenied("200000000001", "runner", "s3:GetObject", "out of reach")


@dataclass
class FakeQueue:
    """`heard` is asked whether somebody waits for the answer."""

    said: list[str] = field(default_factory=list)
    heard: Callable[[], bool] = lambda: True

    def receive(self, _seconds: int) -> Delivery | None:
        return None

    def keep(self, _delivery: Delivery, seconds: int) -> None:
        if seconds in (0, 30):
            self.said.append(f"back in {seconds} s")

    def remove(self, _delivery: Delivery) -> None:
        self.said.append("removed")

    def heartbeat(self, _delivery: Delivery) -> bool:
        return self.heard()

    def succeed(self, _delivery: Delivery, said: Mapping[str, str]) -> None:
        self.said.append(f"succeeded: {said['outcome']}")

    def fail(self, _delivery: Delivery, error: str, cause: str) -> None:
        self.said.append(f"failed: {error}: {cause}")


def a_submission(*batches: Batch, command: str = "apply") -> Submission:
    given = batches or (Batch("wave canary", (ORDERS.key, PAYMENTS.key), 2, 0),)
    jobs = {job.key: job.rendering.digest for job in (ORDERS, PAYMENTS)}
    groups = tuple((batch.name, batch.keys) for batch in given)
    return Submission(Inputs(RUN, command, "all", {}, groups, jobs), NOW, "d" * 64, given)


@dataclass
class Worker:
    """One worker, and everything it can reach."""

    ports: Ports = field(default_factory=some_ports)
    submission: Submission = field(default_factory=a_submission)
    queue: FakeQueue = field(default_factory=FakeQueue)
    objects: FakeObjects = field(default_factory=FakeObjects)
    draining: threading.Event = field(default_factory=threading.Event)
    wave: Wave | None = None
    heartbeat: float = 60.0

    @property
    def records(self) -> ObjectRecords:
        return ObjectRecords(self.objects, a_key(an_account(1, "management")), lambda: NOW)

    def serve(self, job: Job | None = ORDERS, batch: str = "wave canary") -> list[str]:
        """What the queue was told of one delivery."""
        item = Item(RUN, batch, job.key if job else None)
        beat = Beat(self.queue, self.records, self.heartbeat)
        serving = Serving(beat, self._desk, "a-worker", lambda: NOW, self.draining)
        serving.serve(Delivery(item, "a-token", "a-receipt"))
        said, self.queue.said = self.queue.said, []
        return said

    def conclusion(self, job: Job = ORDERS) -> StackResult | None:
        return self.records.concluded(Item(RUN, "wave canary", job.key))

    @contextmanager
    def _desk(self, _run: str) -> Iterator[SubmittedRun]:
        jobs = {job.key: job for job in (ORDERS, PAYMENTS)}
        inputs = self.submission.inputs
        yield SubmittedRun(
            self.submission,
            self.ports,
            inputs.tool_versions,
            jobs.__getitem__,
            lambda _: self.wave,
            pause=0.01,
        )
