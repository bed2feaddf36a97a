"""Is it as declared? A second plan says so, and AWS when it is asked."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from orchestrator.drift import check
from orchestrator.model.plan import Plan
from orchestrator.model.run import Answer, Outcome, Probe, StackResult
from orchestrator.ports import Ports, Purpose
from orchestrator.stages.attempts import Stage, patiently, stage
from orchestrator.stages.jobs import Job

log = logging.getLogger(__name__)

WRONG = (Answer.DIFFERENT, Answer.DENIED)
"""Answers by which a stack is not as declared, by nobody's being late."""


def verify(
    job: Job, judged: StackResult, ports: Ports, seconds: Mapping[str, float]
) -> StackResult:
    """Is a second plan empty, and does AWS answer as declared?"""
    at, made = ports.clock(), judged.plan
    with stage(job.key, "verify", ports) as current:
        left = _planned_again(job, made, current, ports) if made and _writes(made) else ()
        _keep_baseline(job, made, left, ports, at, current)
        probes = ports.conformance.inspect(job.account, job.key)
        outcome, reason = _verified(judged.outcome, left, probes)
        current.note = _note(reason, probes)
    spent = {**seconds, "verify": current.seconds}
    log.info("%s verify: %s (%.1f s)", job.key, current.note, spent["verify"])
    return replace(judged, outcome=outcome, probes=probes, reason=reason, seconds=spent)


def inspect(job: Job, ports: Ports) -> StackResult:
    """Ask AWS whether it is as declared, without a plan."""
    with stage(job.key, "verify", ports) as current:
        probes = ports.conformance.inspect(job.account, job.key)
        outcome, reason = _verified(Outcome.IN_SYNC, (), probes)
        current.note = _note(reason, probes)
    return StackResult(job.key, outcome, probes=probes, reason=reason)


def _writes(made: Plan) -> bool:
    """Whether the state is another after it; where resources only move, once it is recorded."""
    return not made.empty or made.moved


def _planned_again(job: Job, made: Plan, current: Stage, ports: Ports) -> tuple[str, ...]:
    with ports.sessions.open(made.key, Purpose.PLAN) as entry:
        left = patiently(
            job, current, ports, lambda: ports.terraform.is_empty(made.folder, entry.env)
        )
    if not left:
        with _held(made, ports), ports.sessions.open(made.key, Purpose.APPLY) as entry:
            ports.terraform.record(made.folder, entry.env)
    return left


@contextmanager
def _held(made: Plan, ports: Ports) -> Iterator[None]:
    """The account, to write its state: it is held already where something was applied."""
    if made.empty:
        with ports.locks.hold(made.key):
            yield
    else:
        ports.locks.confirm(made.key)
        yield


def _keep_baseline(
    job: Job,
    made: Plan | None,
    left: tuple[str, ...],
    ports: Ports,
    at: datetime,
    current: Stage,
) -> None:
    """A plan that is empty where AWS is not read as the state has it: an apply broke off before
    its second plan was recorded. That is made up for, or every drift check would report it.
    """
    if left or made is None:
        check.forget(job.key, ports)
    elif _writes(made) or check.missing(job.rendering, ports):
        unsettled = check.take(job.rendering, ports, at)
        if unsettled and made.empty and not _planned_again(job, made, current, ports):
            check.take(job.rendering, ports, at)


def _verified(
    judged: Outcome, left: tuple[str, ...], probes: tuple[Probe, ...]
) -> tuple[Outcome, str]:
    """What a second plan still changes is excused by what AWS is still at: it stands on that."""
    late = any(probe.answer is Answer.ON_ITS_WAY for probe in probes)
    reasons = [str(probe) for probe in probes if probe.answer in (*WRONG, Answer.NOT_EVERYWHERE)]
    if left:
        reasons.insert(0, f"a second plan still changes {', '.join(left)}")
        reasons += [str(probe) for probe in probes if probe.pending]
    if (left and not late) or any(probe.answer in WRONG for probe in probes):
        return Outcome.UNVERIFIED, "; ".join(reasons)
    if reasons:
        return Outcome.PARTLY, "; ".join(reasons)
    return (Outcome.APPLIED if judged is Outcome.PLANNED else judged), ""


def _note(reason: str, probes: tuple[Probe, ...]) -> str:
    late = [str(probe) for probe in probes if probe.pending]
    return reason or "; ".join(late) or "as declared"
