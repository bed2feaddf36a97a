"""Which stacks run when, for each of the commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

from orchestrator.drift import check
from orchestrator.drift.verdict import Care
from orchestrator.errors import AwsDenied
from orchestrator.model.names import StackName
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Ports
from orchestrator.rollout.plans import judged
from orchestrator.rollout.quarantine import noted, parted
from orchestrator.rollout.verify import inspect
from orchestrator.rollout.waves import roll_out
from orchestrator.stages.context import Course, Results, Terms, in_group, told
from orchestrator.stages.jobs import Group, Job, together
from orchestrator.stages.pool import each

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


def plan(jobs: Sequence[Job], ports: Ports, terms: Terms) -> Results:
    """Plan, scan and judge every job; change nothing."""
    course, group = Course.of(ports, terms), together("plan", jobs)
    working, aside = parted(jobs, terms)
    ready, waits = waiting(working, ports)
    results = noted(chain(aside, waits, judged(ready, course)), terms)
    return told("plan", (group,), in_group(group, results, course), course)


def apply(groups: Sequence[Group], ports: Ports, terms: Terms) -> Results:
    """Foundations one after the other, then the accounts, wave by wave.

    The accounts' plans read nothing of the foundations, so they are made, scanned and judged
    while those are applied, and all are known before the first wave begins. A wave stops when its
    failure budget is spent, and the next starts only when this one is well; a foundation that
    failed is never tolerated, because all others stand on it.
    """
    course = Course.of(ports, terms)
    return told("apply", groups, roll_out(groups, course), course)


def drift(jobs: Sequence[Job], ports: Ports, terms: Terms, care: Care) -> Results:
    """Compare every job's account with what was applied last."""
    return _simply("drift", jobs, ports, terms, lambda job: check.drift(job, ports, care))


def verify(jobs: Sequence[Job], ports: Ports, terms: Terms) -> Results:
    """Ask AWS whether it is as declared, without a plan."""
    return _simply("verify", jobs, ports, terms, lambda job: inspect(job, ports))


def _simply(
    name: str, jobs: Sequence[Job], ports: Ports, terms: Terms, work: Callable[[Job], StackResult]
) -> Results:
    course, group = Course.of(ports, terms), together(name, jobs)
    working, aside = parted(jobs, terms)
    work_on = replace(group, jobs=working)
    worked = (result for _, result in each(work_on, course, name, work))
    results = noted(chain(aside, worked), terms)
    return told(name, (group,), in_group(group, results, course), course)
