"""Runs as a worker has them before it, each opened once and closed when another takes its place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator import config, wiring
from orchestrator.app.project import Project
from orchestrator.model.organization import Organization
from orchestrator.model.submission import Submission
from orchestrator.model.waves import Wave
from orchestrator.ports.workers import RunRecords
from orchestrator.render import Renderer
from orchestrator.rollout.workers.item import SubmittedRun
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
