"""Stacks from their plan to their check: planned, scanned in one go, judged, applied, verified."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date

from orchestrator.errors import OrchestratorError, ScanFailed, Transient
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Action, Change, Plan, Violation
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Ports, Purpose, Scan
from orchestrator.rollout.gate import decide
from orchestrator.rollout.verify import verify
from orchestrator.stages import attempts, planning
from orchestrator.stages.attempts import attempt, patiently, stage, summary
from orchestrator.stages.context import RunContext, each
from orchestrator.stages.jobs import Group, Job

log = logging.getLogger(__name__)

LOCKED = frozenset({Transient.LOCKED})
"""Only without the lock has an apply done nothing, so that the same plan is still good."""

ROLES = "module.orchestrator_roles."
"""Where a plan changes the orchestrator's own roles, which those roles may not do themselves."""
TRUST = "assume_role_policy"
CHANGES = frozenset({Action.DELETE, Action.REPLACE, Action.UPDATE})


def judge(job: Job, made: Plan, violations: tuple[Violation, ...], today: date) -> StackResult:
    """Put the plan before the gate: planned, unchanged or refused."""
    verdict = decide(made, violations, job.account.settings.gate, today, job.only)
    if not verdict.allowed:
        outcome = Outcome.REFUSED
        log.warning("%s gate: refused, %d reasons", job.key, len(verdict.reasons))
    else:
        outcome = Outcome.UNCHANGED if made.empty else Outcome.PLANNED
    return StackResult(job.key, outcome, made, violations, verdict)


def apply(job: Job, judged: StackResult, ports: Ports) -> StackResult:
    """Apply the plan the gate approved, then verify; a stack without changes is only verified."""
    made = judged.plan
    if made is None or judged.verdict is None or judged.verdict.approved != made.digest:
        return judged
    if made.empty:
        ports.locks.tidy(job.key)
        return verify(job, judged, ports, {"apply": 0.0})
    with ports.locks.hold(job.key):
        return verify(job, judged, ports, {"apply": _apply(job, made, ports)})


def _apply(job: Job, made: Plan, ports: Ports) -> float:
    with stage(made.key, "apply", ports) as current:
        with ports.sessions.open(made.key, _way_to_change(made)) as entry:
            patiently(job, current, ports, lambda: ports.terraform.apply(made, entry.env), LOCKED)
        current.note = summary(made.changes)
    log.info("%s apply: %s (%.1f s)", made.key, current.note, current.seconds)
    return current.seconds


def _way_to_change(made: Plan) -> Purpose:
    beyond = any(_is_beyond_apply(change) for change in made.changes)
    return Purpose.ENTRY if beyond else Purpose.APPLY


def _is_beyond_apply(change: Change) -> bool:
    """What the apply role may not do by its own policy: change the orchestrator's roles, whom a
    role trusts, and a trail that is there.
    """
    trusts = change.type == "aws_iam_role" and TRUST in change.attributes
    return (
        change.address.startswith(ROLES)
        or (trusts and change.action is Action.UPDATE)
        or (change.type == "aws_cloudtrail" and change.action in CHANGES)
    )


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
            yield judge(job, plan, (), context.options.today)
        elif isinstance(found, StackResult):
            yield StackResult(job.key, found.outcome, plan, reason=found.reason)
        else:
            yield _one(job, plan, found[job.key], context)


def _one(job: Job, plan: Plan, found: Scan, context: RunContext) -> StackResult:
    """A plan that was not scanned fails its own stack, and no other."""
    if isinstance(found, ScanFailed):
        log.error("%s scan: failed", job.key)
        return StackResult(job.key, Outcome.FAILED, plan, reason=f"scan: {found}")
    return judge(job, plan, found, context.options.today)


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
            return apply(job, judged, context.ports)
        except OrchestratorError as error:
            if error.transient not in attempts.PASSING:
                raise
            if not attempts.again(job, error, context.ports):
                raise
        judged = judge_all((job,), context)[job.key]
        if not judged.succeeded:
            return judged
