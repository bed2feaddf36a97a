"""One stack applied; and where AWS or the network broke it off, taken up again from the plan on."""

from __future__ import annotations

import logging

from orchestrator.errors import OrchestratorError
from orchestrator.model.run import StackResult
from orchestrator.pipeline import retries, stack
from orchestrator.pipeline.course import Course
from orchestrator.pipeline.job import Job
from orchestrator.pipeline.judging import judge

log = logging.getLogger(__name__)


def apply(job: Job, judged: StackResult, course: Course) -> StackResult:
    """See stack.apply. A plan that was half carried out is never applied again: another is made,
    scanned and put before the gate.
    """
    attempt = 1
    while True:
        try:
            return stack.apply(job, judged, course.ports)
        except OrchestratorError as error:
            seconds = retries.pause(error.transient, attempt, job.key) if error.transient else 0.0
            if not seconds:
                raise
            log.warning("%s apply: %s, planned again in %.0f s", job.key, error.transient, seconds)
            if course.ports.rest(seconds):
                raise
        attempt += 1
        judged = judge((job,), course)[job.key]
        if not judged.succeeded:
            return judged
