"""A run as one worker has it before it: the submitted files, unpacked, and the ports."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from threading import Event

from orchestrator.model.events import Tell
from orchestrator.model.journal import Ground
from orchestrator.model.names import StackKey
from orchestrator.model.submission import Lot, Submission
from orchestrator.model.waves import Wave
from orchestrator.pipeline import review
from orchestrator.pipeline.course import Course, Terms
from orchestrator.pipeline.groups import Group
from orchestrator.pipeline.job import Job
from orchestrator.pipeline.workers.claiming import PAUSE
from orchestrator.ports import Ports


def _nothing(_: StackKey) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Desk:
    """`job` renders a stack; `wave_of` knows a lot's wave; `settle` and `pause` are Work's."""

    submission: Submission
    ports: Ports
    ground: Ground
    job: Callable[[StackKey], Job]
    wave_of: Callable[[str], Wave | None] = lambda _: None
    settle: Callable[[StackKey], None] = _nothing
    pause: float = PAUSE

    def course(self, stop: Event, tell: Tell) -> Course:
        """For one item: it is told of by itself, and can be stopped by itself."""
        ports = replace(self.ports, tell=tell, rest=stop.wait)
        inputs = self.submission.inputs
        return Course.of(ports, Terms(self.submission.at.date(), stop=stop, run=inputs.run))

    def group(self, lot: Lot) -> Group:
        jobs = tuple(self.job(key) for key in lot.keys)
        return Group(lot.name, jobs, lot.width, self.wave_of(lot.name))

    def obstacles(self, job: Job) -> tuple[str, ...]:
        """Why this worker would not do what was submitted."""
        inputs = self.submission.inputs
        same = inputs.rendered.get(job.key) == job.rendering.digest
        moved = () if same else ("it renders the stack differently",)
        return (*review.ground(inputs.ground, self.ground), *moved)


Desks = Callable[[str], AbstractContextManager[Desk]]
"""The desk of a run. Raises OrchestratorError for a run that cannot be worked on here."""
