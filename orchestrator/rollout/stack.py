"""One stack from its plan to its check: judged, applied, verified."""

from __future__ import annotations

import logging
from datetime import date

from orchestrator.errors import Transient
from orchestrator.model.plan import Action, Change, Plan, Violation
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Ports, Purpose
from orchestrator.rollout.gate import decide
from orchestrator.rollout.verify import verify
from orchestrator.stages.attempts import patiently, stage, summary
from orchestrator.stages.jobs import Job

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
