"""A stack whose first plan has to wait for another one's first apply."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.errors import AwsDenied
from orchestrator.model.names import StackName
from orchestrator.model.run import Outcome, StackResult
from orchestrator.pipeline.job import Job
from orchestrator.ports import Ports

REASON = (
    "can be planned once the organization stack is applied, which makes the account an "
    "administrator; an apply of both does it in this order"
)


def waiting(jobs: Sequence[Job], ports: Ports) -> tuple[tuple[Job, ...], tuple[StackResult, ...]]:
    """The jobs that can be planned now, and a result for each of the others.

    The security stack reads GuardDuty's detector, which AWS makes when the organization stack
    delegates to the account. Without an answer whether that was done, Terraform says what it finds.
    """
    first = any(_never_applied(job, ports) for job in jobs if _is(job, StackName.ORGANIZATION))
    held = [job for job in jobs if first and _is(job, StackName.SECURITY)]
    results = tuple(StackResult(job.key, Outcome.SKIPPED, reason=REASON) for job in held)
    return tuple(job for job in jobs if job not in held), results


def _is(job: Job, name: StackName) -> bool:
    return job.key.stack is name


def _never_applied(job: Job, ports: Ports) -> bool:
    try:
        return not ports.doors.has_state(job.key)
    except AwsDenied:
        return False
