"""`worker`: work on what runs hand out, until told to stop."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event

from orchestrator import config
from orchestrator.app.interrupts import SIGNALS
from orchestrator.app.project import Project, Say
from orchestrator.app.session import environment
from orchestrator.app.submitted_runs import SubmittedRuns
from orchestrator.errors import AwsDenied
from orchestrator.model import dates
from orchestrator.ports.workers import WorkQueue
from orchestrator.rollout.workers.lease import Beat
from orchestrator.rollout.workers.worker import Serving
from orchestrator.wiring import workers

log = logging.getLogger(__name__)
LONG_POLL = 20
"""Seconds. Source: Amazon SQS Developer Guide, "Short and long polling"."""

PAUSE = 15.0
"""Seconds before the queue is asked again, when it could not be reached."""

BOUND = 90.0
"""Seconds after the first signal, after which Terraform is interrupted. AWS Fargate kills 120 s
after its SIGTERM at most; source: Amazon ECS Developer Guide, stopTimeout."""


@dataclass(slots=True)
class Shift:
    """When to stop: on a signal, or when nothing has come for `idle` seconds."""

    idle: float | None
    pause: float = PAUSE
    draining: Event = field(default_factory=Event)
    busy: int = 0
    last: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with self._lock:
            self.busy += 1
        try:
            yield
        finally:
            with self._lock:
                self.busy, self.last = self.busy - 1, time.monotonic()

    @property
    def over(self) -> bool:
        if self.draining.is_set():
            return True
        if self.idle is None:
            return False
        with self._lock:
            return not self.busy and time.monotonic() - self.last >= self.idle


def worker(
    project: Project, queue_name: str, *, idle: float | None, parallel: int, heartbeat: float
) -> None:
    """Serve the queue until told to stop, or idle for so many seconds."""
    organization = config.load(project.configs, dates.today())
    env = environment(project)
    name = f"{socket.gethostname().partition('.')[0][:20]}-{os.getpid()}-{secrets.token_hex(2)}"
    records = workers.records(organization, env, name)
    queue = workers.queue(organization, env, queue_name)
    submitted_runs, shift = SubmittedRuns(project, records, env, name), Shift(idle)
    serving = Serving(
        Beat(queue, records, heartbeat), submitted_runs.at, name, _now, shift.draining
    )
    log.info("worker %s: %d at the same time", name, parallel)
    with (
        closing(submitted_runs),
        _heeding(shift, submitted_runs, project.say),
        ThreadPoolExecutor(parallel) as pool,
    ):
        for ended in [pool.submit(_work, serving, queue, shift) for _ in range(parallel)]:
            ended.result()


def _work(serving: Serving, queue: WorkQueue, shift: Shift) -> None:
    try:
        _serve(serving, queue, shift)
    except BaseException:
        shift.draining.set()
        raise


def _serve(serving: Serving, queue: WorkQueue, shift: Shift) -> None:
    wait = LONG_POLL if shift.idle is None else max(1, min(LONG_POLL, round(shift.idle)))
    while not shift.over:
        try:
            delivery = queue.receive(wait)
        except AwsDenied as denied:
            log.error("%s", denied)
            shift.draining.wait(shift.pause)
            continue
        if delivery is not None:
            with shift.at_work():
                serving.serve(delivery)


@contextmanager
def _heeding(shift: Shift, submitted_runs: SubmittedRuns, say: Say) -> Iterator[None]:
    """The first signal asks for an end, the second, or time, interrupts Terraform."""
    bound = threading.Timer(BOUND, submitted_runs.interrupt)
    bound.daemon = True

    def asked(*_: object) -> None:
        if shift.draining.is_set():
            submitted_runs.interrupt()
            return
        say("stopping: what is being applied is finished, nothing new starts")
        shift.draining.set()
        bound.start()

    before = {number: signal.signal(number, asked) for number in SIGNALS}
    try:
        yield
    finally:
        bound.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)


def _now() -> datetime:
    return datetime.now(UTC)
