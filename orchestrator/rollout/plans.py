"""Many plans made, scanned in one go, and put before the gate."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack

from orchestrator.errors import OrchestratorError, ScanFailed
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Plan
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Ports, Scan
from orchestrator.rollout import stack
from orchestrator.stages import attempts, planning
from orchestrator.stages.attempts import attempt, stage
from orchestrator.stages.context import RunContext, each
from orchestrator.stages.jobs import Group, Job

log = logging.getLogger(__name__)

Scanned = Mapping[StackKey, Scan]
Judged = Mapping[StackKey, StackResult]


def judge_all(jobs: Sequence[Job], context: RunContext) -> Judged:
    """The gate's answer for each job."""
    return {result.key: result for result in judged(jobs, context)}


def judged(jobs: Sequence[Job], context: RunContext) -> Iterator[StackResult]:
    """Plans that could not be made first; the others once all of them are scanned."""
    group = Group("plan", tuple(jobs), len(jobs))
    yield from _judged(
        each(group, context, "plan", lambda job: planning.plan(job, context.ports)), context
    )


def _judged(
    made: Iterable[tuple[Job, Plan | StackResult]], context: RunContext
) -> Iterator[StackResult]:
    """One scan over all plans that change something; stacks without a plan keep their result."""
    pairs = list(made)
    yield from (result for _, result in pairs if isinstance(result, StackResult))
    planned = [(job, plan) for job, plan in pairs if isinstance(plan, Plan)]
    found = _scanned([plan for _, plan in planned if not plan.empty], context.ports)
    for job, plan in planned:
        if plan.empty:
            yield stack.judge(job, plan, (), context.options.today)
        elif isinstance(found, StackResult):
            yield StackResult(job.key, found.outcome, plan, reason=found.reason)
        else:
            yield _one(job, plan, found[job.key], context)


def _one(job: Job, plan: Plan, found: Scan, context: RunContext) -> StackResult:
    """A plan that was not scanned fails its own stack, and no other."""
    if isinstance(found, ScanFailed):
        log.error("%s scan: failed", job.key)
        return StackResult(job.key, Outcome.FAILED, plan, reason=f"scan: {found}")
    return stack.judge(job, plan, found, context.options.today)


def _scanned(plans: Sequence[Plan], ports: Ports) -> Scanned | StackResult:
    if not plans:
        return {}
    with ExitStack() as stages:
        for plan in plans:
            stages.enter_context(stage(plan.key, "scan", ports))
        return attempt(plans[0].key, "scan", lambda: ports.scanner.scan(plans))


def apply_with_retries(job: Job, judged: StackResult, context: RunContext) -> StackResult:
    """See stack.apply. A plan that was half carried out is never applied again: another is made,
    scanned and put before the gate.
    """
    while True:
        try:
            return stack.apply(job, judged, context.ports)
        except OrchestratorError as error:
            if error.transient not in attempts.PASSING:
                raise
            if not attempts.again(job, error, context.ports):
                raise
        judged = judge_all((job,), context)[job.key]
        if not judged.succeeded:
            return judged
