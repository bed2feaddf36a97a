"""One stack applied; and where AWS or the network broke it off, taken up again from the plan on."""

from __future__ import annotations

from orchestrator.errors import OrchestratorError
from orchestrator.model.run import StackResult
from orchestrator.pipeline import retries, stack
from orchestrator.pipeline.course import Course
from orchestrator.pipeline.job import Job
from orchestrator.pipeline.judging import judge


def apply(job: Job, judged: StackResult, course: Course) -> StackResult:
    """See stack.apply. A plan that was half carried out is never applied again: another is made,
    scanned and put before the gate.
    """
    while True:
        try:
            return stack.apply(job, judged, course.ports)
        except OrchestratorError as error:
            if error.transient not in retries.PASSING:
                raise
            if not retries.again(job, error, course.ports):
                raise
        judged = judge((job,), course)[job.key]
        if not judged.succeeded:
            return judged
