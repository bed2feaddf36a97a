"""One stack compared with what was applied last: by reading, or by a plan that decides."""

from __future__ import annotations

import logging
from dataclasses import replace

from orchestrator.model.plan import Change
from orchestrator.model.run import Checked, How, Kind, Outcome, StackResult
from orchestrator.model.sighting import Sighting
from orchestrator.pipeline import drift as drifts
from orchestrator.pipeline import flapping, reading, stack
from orchestrator.pipeline.attempt import stage
from orchestrator.pipeline.drift import Care, Doubt
from orchestrator.pipeline.job import Job
from orchestrator.ports import Ports

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
    if not ports.doors.has_state(job.key):
        return StackResult(job.key, Outcome.SKIPPED, reason="was never applied")
    return exact(job, found, ports)


def exact(job: Job, doubt: Doubt, ports: Ports) -> StackResult:
    """Let a plan that only refreshes decide."""
    at = ports.clock()
    made = stack.plan(job, ports, refresh_only=True)
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
    seen = flapping.remembered(past, new)
    if seen != past and (past or changes):
        ports.sightings.keep(job.key, seen)
    return flapping.flapping(past, new)
