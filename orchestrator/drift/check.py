"""One stack compared with what was applied last: by reading, or by a plan that decides."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from orchestrator.drift import reading
from orchestrator.drift import verdict as drifts
from orchestrator.drift.verdict import Care, Doubt
from orchestrator.model.drift import Sighting
from orchestrator.model.plan import Change
from orchestrator.model.run import Checked, How, Kind, Outcome, StackResult
from orchestrator.ports import Ports
from orchestrator.stages import planning
from orchestrator.stages.attempts import stage
from orchestrator.stages.jobs import Job

WITHIN = timedelta(days=30)
"""Older sightings say nothing of today."""
RETURNS = 3
"""Appearances after an absence from which on it counts: twice may be a mistake and its repair."""
MOST = 500
"""Sightings kept of a stack, whatever their age."""


def remembered(past: Sequence[Sighting], new: Sighting) -> tuple[Sighting, ...]:
    """What is kept for the next check, the oldest first. Two checks that saw the same are one."""
    recent = [each for each in past if new.at - WITHIN <= each.at <= new.at]
    if recent and recent[-1].addresses == new.addresses:
        return tuple(recent[-MOST:])
    return (*recent[-(MOST - 1) :], new)


def alternating(past: Sequence[Sighting], new: Sighting) -> tuple[str, ...]:
    """The addresses seen now that had come, gone and come back, in alphabetical order."""
    seen = remembered(past, new)
    return tuple(sorted(each for each in new.addresses if _appearances(each, seen) >= RETURNS))


def _appearances(address: str, seen: Sequence[Sighting]) -> int:
    there = [address in each.addresses for each in seen]
    return sum(now and not before for before, now in zip([False, *there], there, strict=False))


log = logging.getLogger(__name__)


def drift(job: Job, ports: Ports, care: Care) -> StackResult:
    """Compare AWS with what was applied last: by reading, or by a plan where that leaves doubts."""
    with stage(job.key, "read", ports) as current:
        found = reading.check(job.rendering, ports, care)
        current.note = "no changes" if isinstance(found, Checked) else found.why
    spent = current.seconds
    if isinstance(found, Checked):
        log.info("%s read: no changes (%.1f s)", job.key, spent)
        _sighted(job, (), ports)
        return StackResult(job.key, Outcome.IN_SYNC, seconds={"read": spent}, checked=found)
    log.debug("%s read: %s (%.1f s)", job.key, found.why, spent)
    if not ports.sessions.has_state(job.key):
        return StackResult(job.key, Outcome.SKIPPED, reason="was never applied")
    return exact(job, found, ports)


def exact(job: Job, doubt: Doubt, ports: Ports) -> StackResult:
    """Let a plan that only refreshes decide."""
    at = ports.clock()
    made = planning.plan(job, ports, refresh_only=True)
    rules = job.account.settings.drift.suppressions
    hidden = drifts.suppressed(made.drift, rules, at.date())
    empty = tuple(change for change in made.drift if drifts.normalised(change))
    left = tuple(change for change in made.drift if change not in hidden and change not in empty)
    if not made.drift:
        reading.renew(job.rendering, ports, at)
    pending = tuple(kind for kind in doubt.kinds if kind in (Kind.NOT_APPLIED, Kind.UPGRADE))
    checked = Checked(
        How.EXACT,
        at,
        doubt.why,
        (*drifts.kinds_of((*left, *empty)), *pending),
        tuple(f"{change.address} ({rule})" for change, rule in hidden.items()),
        tuple(change.address for change in empty if change not in hidden),
        _sighted(job, left, ports),
    )
    outcome = Outcome.DRIFTED if left else Outcome.IN_SYNC
    return StackResult(job.key, outcome, replace(made, drift=left), checked=checked)


def _sighted(job: Job, changes: tuple[Change, ...], ports: Ports) -> tuple[str, ...]:
    """Write down what is seen, and say which of it keeps coming back."""
    past = ports.sightings.of(job.key)
    new = Sighting(ports.clock(), frozenset(change.address for change in changes))
    seen = remembered(past, new)
    if seen != past and (past or changes):
        ports.sightings.keep(job.key, seen)
    return alternating(past, new)
