"""`worker`: work on what runs hand out, until told to stop; each run is opened once."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from orchestrator import config, wiring
from orchestrator.app.project import Project, Say
from orchestrator.app.session import environment
from orchestrator.app.signals import handled, unheard
from orchestrator.errors import AwsDenied
from orchestrator.model import dates
from orchestrator.model.organization import Organization
from orchestrator.model.submission import Submission
from orchestrator.model.waves import Wave
from orchestrator.ports.workers import RunRecords, WorkQueue
from orchestrator.render import Renderer
from orchestrator.rollout.workers.item import SubmittedRun
from orchestrator.rollout.workers.lease import Beat
from orchestrator.rollout.workers.worker import Serving
from orchestrator.stages.jobs import Job, wave_name
from orchestrator.wiring import workers


@dataclass(slots=True)
class _Open:
    """`users` are the items under way of a run."""

    submitted: SubmittedRun
    closing: ExitStack
    interrupt: Callable[[], None]
    users: int = 0


@dataclass(slots=True)
class SubmittedRuns:
    """`name` is the worker's; `project` is where it works."""

    project: Project
    records: RunRecords
    env: Mapping[str, str]
    name: str
    _open: dict[str, _Open] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def at(self, run: str) -> Iterator[SubmittedRun]:
        """See item.OpenRun."""
        with self._lock:
            if run not in self._open:
                self._close_idle()
                self._open[run] = self._opened(run)
            found = self._open[run]
            found.users += 1
        try:
            yield found.submitted
        finally:
            with self._lock:
                found.users -= 1

    def interrupt(self) -> None:
        """Ask all that runs to end."""
        for found in list(self._open.values()):
            found.interrupt()

    def close(self) -> None:
        with self._lock:
            self._close_idle()

    def _close_idle(self) -> None:
        for run, found in list(self._open.items()):
            if not found.users:
                del self._open[run]
                found.closing.close()

    def _opened(self, run: str) -> _Open:
        submission = self.records.submission(run)
        root = workers.unpacked(
            self.records.project(submission), self.project.work / ".orchestrator" / "projects"
        )
        organization = config.load(root / "account_configs", submission.at.date())
        renderer = Renderer(root)
        places = wiring.Places(root, self._build(submission))
        with ExitStack() as opening:
            connected = opening.enter_context(
                wiring.connect(
                    places, organization, self.env, f"{run}.{self.name}", warm=self.project.warm
                )
            )
            submitted = SubmittedRun(
                submission,
                connected.ports,
                connected.tool_versions,
                lambda key: Job.of(organization, renderer.render(organization, key)),
                _waves(organization).get,
                workers.settling(places.build),
            )
            return _Open(submitted, opening.pop_all(), connected.interrupt)

    def _build(self, submission: Submission) -> Path:
        """One for all that applies on this machine: what a worker that was killed has left there,
        the next one finds. What only plans stays out of its way.
        """
        command = submission.inputs.command
        return self.project.build if command == "apply" else self.project.work / f".build-{command}"


def _waves(organization: Organization) -> Mapping[str, Wave]:
    return {wave_name(name): wave for name, wave in organization.waves.items()}


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

    def asked(number: int, _: object) -> None:
        if number == signal.SIGHUP:
            unheard()
        if shift.draining.is_set():
            submitted_runs.interrupt()
            return
        say("stopping: what is being applied is finished, nothing new starts")
        shift.draining.set()
        bound.start()

    with handled(asked, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        try:
            yield
        finally:
            bound.cancel()


def _now() -> datetime:
    return datetime.now(UTC)
