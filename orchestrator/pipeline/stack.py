"""One stack through its stages. What goes wrong with it becomes its result, and nobody else's."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from orchestrator.errors import (
    AwsDenied,
    Interrupted,
    OrchestratorError,
    PlanChanged,
    TerraformFailed,
)
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Account
from orchestrator.model.plan import Change, Plan, Violation
from orchestrator.model.rendering import Rendering
from orchestrator.model.run import Answer, Checked, How, Kind, Outcome, Probe, StackResult
from orchestrator.pipeline import drift as drifts
from orchestrator.pipeline import reading
from orchestrator.pipeline.drift import Care, Doubt
from orchestrator.pipeline.gate import decide
from orchestrator.ports import Ports, Purpose

log = logging.getLogger(__name__)
T = TypeVar("T")

ROLES = "module.orchestrator_roles."
"""Where a plan changes the orchestrator's own roles, which those roles may not do themselves."""


@dataclass(frozen=True, slots=True)
class Job:
    """A stack to work on, with everything that is known of it before anything is done.

    `makes_roles` says that the stack itself makes the roles by which it is entered.
    """

    key: StackKey
    account: Account
    rendering: Rendering
    makes_roles: bool


def attempt(key: StackKey, stage: str, work: Callable[[], T]) -> T | StackResult:
    """What `work` returns, or what kept it from returning, as the stack's result."""
    started = time.monotonic()
    try:
        return work()
    except Exception as error:
        seconds = {stage: time.monotonic() - started}
        outcome = _outcome(error)
        log.error("%s %s: %s (%.1f s)", key, stage, outcome, seconds[stage])
        log.debug("%s %s", key, stage, exc_info=error)
        known = isinstance(error, OrchestratorError)
        reason = str(error) if known else f"{type(error).__name__}: {error}"
        return StackResult(key, outcome, reason=f"{stage}: {reason}", seconds=seconds)


def _outcome(error: Exception) -> Outcome:
    match error:
        case Interrupted():
            return Outcome.INTERRUPTED
        case AwsDenied():
            return Outcome.DENIED
        case PlanChanged():
            return Outcome.REFUSED
        case TerraformFailed(denied=True):
            return Outcome.DENIED
        case _:
            return Outcome.FAILED


def plan(job: Job, ports: Ports, *, refresh_only: bool = False) -> Plan:
    """Write the folder, initialise it, and save a plan."""
    folder = ports.folders.write(job.rendering)
    purpose = way_in(job, ports)
    if ports.terraform.unsaved(folder):
        _save(job, folder, purpose, ports)
    with ports.doors.open(job.key, purpose) as entry:
        if ports.terraform.init(folder, entry.env):
            log.info("%s init", job.key)
        started = time.monotonic()
        made = ports.terraform.plan(
            job.key, folder, job.rendering.digest, entry.env, refresh_only=refresh_only
        )
    seen = made.drift if refresh_only else made.changes
    log.info("%s plan: %s (%.1f s)", job.key, summary(seen), time.monotonic() - started)
    return made


def _save(job: Job, folder: Path, purpose: Purpose, ports: Ports) -> None:
    """What an earlier apply made and could not write down would else be made twice."""
    writing = Purpose.ENTRY if purpose is Purpose.ENTRY else Purpose.APPLY
    with ports.doors.open(job.key, writing) as entry:
        ports.terraform.init(folder, entry.env)
        ports.terraform.save(folder, entry.env)
    log.warning("%s state of an apply that broke off is saved", job.key)


def way_in(job: Job, ports: Ports) -> Purpose:
    """The entry role only until the stack has made the roles; then never again for a plan."""
    if job.key.stack is StackName.BOOTSTRAP:
        return Purpose.ENTRY
    if job.makes_roles and not ports.doors.roles_made(job.key):
        return Purpose.ENTRY
    return Purpose.PLAN


def judge(job: Job, made: Plan, violations: tuple[Violation, ...], today: date) -> StackResult:
    """Put the plan before the gate: planned, unchanged or refused."""
    verdict = decide(made, violations, job.account.settings.gate, today)
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
    started = time.monotonic()
    if not made.empty:
        with ports.doors.open(job.key, _way_to_change(made)) as entry:
            ports.terraform.apply(made, entry.env)
        log.info(
            "%s apply: %s (%.1f s)", job.key, summary(made.changes), time.monotonic() - started
        )
    return verify(job, judged, ports, {"apply": time.monotonic() - started})


def _way_to_change(made: Plan) -> Purpose:
    touches = any(change.address.startswith(ROLES) for change in made.changes)
    return Purpose.ENTRY if touches else Purpose.APPLY


def verify(
    job: Job, judged: StackResult, ports: Ports, seconds: Mapping[str, float]
) -> StackResult:
    """Is a second plan empty, and does AWS answer as declared?"""
    started, at = time.monotonic(), ports.clock()
    made = judged.plan
    left = () if made is None or made.empty else _planned_again(made, ports)
    _keep_baseline(job, made, left, ports, at)
    probes = ports.inspector.inspect(job.account, job.key)
    outcome, reason = _verified(judged.outcome, left, probes)
    spent = time.monotonic() - started
    log.info("%s verify: %s (%.1f s)", job.key, reason or "as declared", spent)
    return replace(
        judged, outcome=outcome, probes=probes, reason=reason, seconds={**seconds, "verify": spent}
    )


def _planned_again(made: Plan, ports: Ports) -> tuple[str, ...]:
    with ports.doors.open(made.key, Purpose.PLAN) as entry:
        left = ports.terraform.is_empty(made.folder, entry.env)
    if not left:
        with ports.doors.open(made.key, Purpose.APPLY) as entry:
            ports.terraform.record(made.folder, entry.env)
    return left


def _keep_baseline(
    job: Job, made: Plan | None, left: tuple[str, ...], ports: Ports, at: datetime
) -> None:
    if left or made is None:
        reading.forget(job.key, ports)
    elif not made.empty or reading.missing(job.rendering, ports):
        reading.take(job.rendering, ports, at)


def _verified(
    judged: Outcome, left: tuple[str, ...], probes: tuple[Probe, ...]
) -> tuple[Outcome, str]:
    wrong = [f"{p.what}: {p.answer}{p.found and f' ({p.found})'}" for p in probes if _bad(p)]
    if left:
        wrong.insert(0, f"a second plan still changes {', '.join(left)}")
    if wrong:
        return Outcome.UNVERIFIED, "; ".join(wrong)
    return (Outcome.APPLIED if judged is Outcome.PLANNED else judged), ""


def _bad(probe: Probe) -> bool:
    return probe.answer is not Answer.AS_DECLARED


def drift(job: Job, ports: Ports, care: Care) -> StackResult:
    """Compare AWS with what was applied last: by reading, or by a plan where that leaves doubts."""
    started = time.monotonic()
    found = reading.check(job.rendering, ports, care)
    spent = time.monotonic() - started
    if isinstance(found, Checked):
        log.info("%s read: no changes (%.1f s)", job.key, spent)
        return StackResult(job.key, Outcome.IN_SYNC, seconds={"read": spent}, checked=found)
    log.debug("%s read: %s (%.1f s)", job.key, found.why, spent)
    if not ports.doors.has_state(job.key):
        return StackResult(job.key, Outcome.SKIPPED, reason="was never applied")
    return _exact(job, found, ports)


def _exact(job: Job, doubt: Doubt, ports: Ports) -> StackResult:
    at = ports.clock()
    made = plan(job, ports, refresh_only=True)
    rules = job.account.settings.drift.suppressions
    hidden = drifts.suppressed(made.drift, rules, at.date())
    left = tuple(change for change in made.drift if change not in hidden)
    if not made.drift:
        reading.renew(job.rendering, ports, at)
    pending = tuple(kind for kind in doubt.kinds if kind in (Kind.NOT_APPLIED, Kind.UPGRADE))
    checked = Checked(
        How.EXACT,
        at,
        doubt.why,
        (*drifts.kinds_of(left), *pending),
        tuple(f"{change.address} ({rule})" for change, rule in hidden.items()),
    )
    outcome = Outcome.DRIFTED if left else Outcome.IN_SYNC
    return StackResult(job.key, outcome, replace(made, drift=left), checked=checked)


def inspect(job: Job, ports: Ports) -> StackResult:
    """Ask AWS whether it is as declared, without a plan."""
    probes = ports.inspector.inspect(job.account, job.key)
    outcome, reason = _verified(Outcome.IN_SYNC, (), probes)
    return StackResult(job.key, outcome, probes=probes, reason=reason)


def summary(changes: tuple[Change, ...]) -> str:
    """'3 create, 1 update', or 'no changes'."""
    actions = sorted({change.action for change in changes})
    counted = [f"{sum(c.action is action for c in changes)} {action}" for action in actions]
    return ", ".join(counted) or "no changes"
