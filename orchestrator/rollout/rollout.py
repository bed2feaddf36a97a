"""Which stacks run when, for each of the commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from orchestrator.drift import check
from orchestrator.drift.verdict import Care
from orchestrator.errors import AwsDenied
from orchestrator.model.names import StackName
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Ports
from orchestrator.rollout.gate import annotated, split_quarantined
from orchestrator.rollout.stack import judged
from orchestrator.rollout.verify import inspect
from orchestrator.rollout.waves import roll_out
from orchestrator.stages.context import Progress, Results, RunContext, RunOptions, each
from orchestrator.stages.jobs import Group, Job

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
        return not ports.sessions.has_state(job.key)
    except AwsDenied:
        return False


def plan(group: Group, ports: Ports, options: RunOptions) -> Results:
    """Plan, scan and judge every job; change nothing."""
    context = RunContext.of(ports, options)
    progress = Progress.begin("plan", (group,), context)
    with progress.group(group):
        active, aside = split_quarantined(group.jobs, options)
        ready, held = waiting(active, ports)
        for result in (*aside, *held):
            progress.end(annotated(result, options))
        for result in judged(ready, context):
            progress.end(annotated(result, options))
    return progress.results


def apply(groups: Sequence[Group], ports: Ports, options: RunOptions) -> Results:
    """Foundations one after the other, then the accounts, wave by wave.

    The accounts' plans read nothing of the foundations, so they are made, scanned and judged
    while those are applied, and all are known before the first wave begins. A wave stops when its
    failure budget is spent, and the next starts only when this one is well; a foundation that
    failed is never tolerated, because all others stand on it.
    """
    progress = Progress.begin("apply", groups, RunContext.of(ports, options))
    roll_out(groups, progress)
    return progress.results


def drift(group: Group, ports: Ports, options: RunOptions, care: Care) -> Results:
    """Compare every job's account with what was applied last."""
    return _each("drift", group, ports, options, lambda job: check.drift(job, ports, care))


def verify(group: Group, ports: Ports, options: RunOptions) -> Results:
    """Ask AWS whether it is as declared, without a plan."""
    return _each("verify", group, ports, options, lambda job: inspect(job, ports))


def _each(
    command: str,
    group: Group,
    ports: Ports,
    options: RunOptions,
    work: Callable[[Job], StackResult],
) -> Results:
    context = RunContext.of(ports, options)
    progress = Progress.begin(command, (group,), context)
    with progress.group(group):
        active, aside = split_quarantined(group.jobs, options)
        for result in aside:
            progress.end(annotated(result, options))
        for _, result in each(replace(group, jobs=active), context, command, work):
            progress.end(annotated(result, options))
    return progress.results
