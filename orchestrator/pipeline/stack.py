"""One stack through its stages. What goes wrong with it becomes its result, and nobody else's."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

from orchestrator.model.events import Planned
from orchestrator.model.names import StackName
from orchestrator.model.plan import Action, Change, Plan, Violation
from orchestrator.model.run import Outcome, StackResult
from orchestrator.model.transient import Transient
from orchestrator.pipeline.attempt import stage, summary
from orchestrator.pipeline.gate import decide
from orchestrator.pipeline.job import Job
from orchestrator.pipeline.retries import patiently
from orchestrator.pipeline.verify import verify
from orchestrator.ports import Environment, Ports, Purpose

log = logging.getLogger(__name__)

LOCKED = frozenset({Transient.LOCKED})
"""Only without the lock has an apply done nothing, so that the same plan is still good."""

ROLES = "module.orchestrator_roles."
"""Where a plan changes the orchestrator's own roles, which those roles may not do themselves."""
TRUST = "assume_role_policy"
CHANGES = frozenset({Action.DELETE, Action.REPLACE, Action.UPDATE})


def plan(job: Job, ports: Ports, *, refresh_only: bool = False) -> Plan:
    """Write the folder, initialise it, and save a plan."""
    folder = ports.folders.write(job.rendering)
    purpose = way_in(job, ports)
    if ports.terraform.unsaved(folder):
        _save(job, folder, purpose, ports)
    with ports.doors.open(job.key, purpose) as entry:
        _init(job, folder, entry.env, ports)
        with stage(job.key, "plan", ports) as current:
            made = patiently(
                job,
                current,
                ports,
                lambda: ports.terraform.plan(
                    job.key, folder, job.rendering.digest, entry.env, refresh_only=refresh_only
                ),
            )
            current.note = summary(made.drift if refresh_only else made.changes)
    ports.tell(Planned(job.key, made.digest, made.state))
    log.info("%s plan: %s (%.1f s)", job.key, current.note, current.seconds)
    return made


def _init(job: Job, folder: Path, env: Environment, ports: Ports) -> None:
    with stage(job.key, "init", ports) as current:
        done = patiently(job, current, ports, lambda: ports.terraform.init(folder, env))
        current.note = "" if done else "not needed"
    if done:
        log.info("%s init", job.key)


def _save(job: Job, folder: Path, purpose: Purpose, ports: Ports) -> None:
    """What an earlier apply made and could not write down would else be made twice."""
    writing = Purpose.ENTRY if purpose is Purpose.ENTRY else Purpose.APPLY
    with ports.locks.hold(job.key), ports.doors.open(job.key, writing) as entry:
        ports.terraform.init(folder, entry.env)
        ports.terraform.save(folder, entry.env)
    log.warning("%s state of an apply that broke off is saved", job.key)


def way_in(job: Job, ports: Ports) -> Purpose:
    """The entry role until the stack has made the roles; afterwards only where that was said.

    Raises StateDamaged. Terraform takes an empty object for no state at all, and would make
    everything once more.
    """
    if job.key.stack is StackName.BOOTSTRAP:
        return Purpose.ENTRY
    if not job.makes_roles:
        ports.doors.state_of(job.key)
    if job.makes_roles and (job.by_entry or not ports.doors.roles_made(job.key)):
        return Purpose.ENTRY
    return Purpose.PLAN


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
        with ports.doors.open(made.key, _way_to_change(made)) as entry:
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
