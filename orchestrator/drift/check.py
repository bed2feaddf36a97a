"""One stack compared with what was applied last: by reading, or by a plan that decides.

Reading takes the place of a plan as long as nothing has changed since a plan last found nothing. Of
a stack with suspects, which a call may have changed, only those are read.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from orchestrator.drift import verdict
from orchestrator.drift.verdict import Care, Doubt
from orchestrator.errors import AwsDenied
from orchestrator.model.drift import Baseline, Reading, Sighting, Suspect, Unread
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.plan import Change, Rendering
from orchestrator.model.run import Checked, How, Kind, Outcome, StackResult
from orchestrator.ports import Ports, Purpose
from orchestrator.stages import planning
from orchestrator.stages.attempts import attempt, stage
from orchestrator.stages.jobs import Job

log = logging.getLogger(__name__)


def check(rendering: Rendering, ports: Ports, care: Care) -> Checked | Doubt:
    """That the stack is in sync by reading alone, or why a plan has to decide."""
    baseline = ports.baselines.get(rendering.key)
    doubt = verdict.before(baseline, rendering, care, ports.clock())
    if doubt or baseline is None:
        return doubt or Doubt("there is no baseline")
    read = _read(rendering, ports)
    if isinstance(read, Unread):
        return Doubt(read.reason)
    return verdict.after(baseline, read) or Checked(How.READ, baseline.exact_at)


def read_suspects(
    rendering: Rendering, suspects: Sequence[Suspect], ports: Ports
) -> tuple[Reading, tuple[str, ...]] | Unread:
    """What was read of the suspects, and the addresses of those that are not as they were found.

    They are compared with the state, and with the baseline where that is of the same state: a
    baseline that somebody has forged hides nothing.
    """
    read = _read(rendering, ports, suspects)
    if isinstance(read, Unread):
        return read
    baseline = ports.baselines.get(rendering.key)
    known = baseline.reading if baseline else None
    if known is None or verdict.origin(known) != verdict.origin(read):
        return read, read.unsettled
    before = {name: known.resources.get(name, "") for name in read.resources}
    changed = {*verdict.differing(before, read.resources), *read.unsettled}
    return read, tuple(sorted(changed))


def _read(
    rendering: Rendering, ports: Ports, only: Sequence[Suspect] | None = None
) -> Reading | Unread:
    key, folder = rendering.key, ports.folders.write(rendering)
    if key.stack is StackName.BOOTSTRAP:
        return Unread("the bootstrap has no plan role of its own")
    if ports.terraform.unsaved(folder):
        return Unread("an apply broke off before it could save its state")
    with ports.sessions.open(key, Purpose.PLAN) as entry:
        ports.terraform.init(folder, entry.env)
        return ports.reader.read(key, folder, entry.env, only)


def take(rendering: Rendering, ports: Ports, exact_at: datetime) -> tuple[str, ...]:
    """Keep a reading of a stack of which a plan made at `exact_at` has found nothing.

    Only one that agrees with the state to the byte is kept: what has changed since the plan can so
    not become the measure. Without one the next check is a plan, so no failure counts.
    Returns the addresses that are not as the state has them.
    """
    key = rendering.key
    try:
        read = _read(rendering, ports)
    except AwsDenied as error:
        read = Unread(str(error))
    if isinstance(read, Unread) or read.unsettled:
        why = read.reason if isinstance(read, Unread) else verdict.unsettled(read)
        log.info("%s baseline: none, %s", key, why)
        ports.baselines.forget(key)
        return () if isinstance(read, Unread) else read.unsettled
    lock = verdict.lock_of(rendering)
    ports.baselines.put(Baseline(key, rendering.digest, lock, read, exact_at))
    return ()


def renew(rendering: Rendering, ports: Ports, exact_at: datetime) -> None:
    """After a plan that only refreshes has found nothing.

    It says nothing about a configuration that waits to be applied: then the baseline stays that of
    the one applied, and the stack is planned until then.
    """
    known = ports.baselines.get(rendering.key)
    if known and known.rendered != rendering.digest:
        return
    if known and known.reading.outside:
        ports.baselines.put(replace(known, exact_at=exact_at))
        return
    take(rendering, ports, exact_at)


def missing(rendering: Rendering, ports: Ports) -> bool:
    """Whether there is no baseline of this very configuration."""
    known = ports.baselines.get(rendering.key)
    return known is None or known.rendered != rendering.digest


def forget(key: StackKey, ports: Ports) -> None:
    ports.baselines.forget(key)


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


def drift(job: Job, ports: Ports, care: Care) -> StackResult:
    """Compare AWS with what was applied last: by reading, or by a plan where that leaves doubts."""
    with stage(job.key, "read", ports) as current:
        found = check(job.rendering, ports, care)
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
    hidden = verdict.suppressed(made.drift, rules, at.date())
    empty = tuple(change for change in made.drift if verdict.normalised(change))
    left = tuple(change for change in made.drift if change not in hidden and change not in empty)
    if not made.drift:
        renew(job.rendering, ports, at)
    pending = tuple(kind for kind in doubt.kinds if kind in (Kind.NOT_APPLIED, Kind.UPGRADE))
    checked = Checked(
        How.EXACT,
        at,
        doubt.why,
        (*verdict.kinds_of((*left, *empty)), *pending),
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


UNKNOWN = Doubt("it is not known what a call was about")


def examine(job: Job, suspects: Sequence[Suspect] | None, ports: Ports) -> StackResult:
    """What has become of the suspects; None for a call of which nobody knows what it is about.

    In sync as well if the call was about something that the stack does not have.
    """
    return attempt(job.key, "look", lambda: _examined(job, suspects, ports))


def _examined(job: Job, suspects: Sequence[Suspect] | None, ports: Ports) -> StackResult:
    if not ports.sessions.has_state(job.key):
        return StackResult(job.key, Outcome.SKIPPED, reason="was never applied")
    if suspects is None:
        return exact(job, UNKNOWN, ports)
    at = ports.clock()
    with stage(job.key, "look", ports) as current:
        found = read_suspects(job.rendering, suspects, ports)
        doubt = _doubt(found)
        current.note = doubt.why if doubt else "no changes"
    log.info("%s look: %s (%.1f s)", job.key, current.note, current.seconds)
    if doubt:
        return exact(job, doubt, ports)
    why = "" if not isinstance(found, Unread) and found[0].resources else "none of its resources"
    return StackResult(job.key, Outcome.IN_SYNC, checked=Checked(How.READ, at, why))


def _doubt(found: tuple[object, tuple[str, ...]] | Unread) -> Doubt | None:
    if isinstance(found, Unread):
        return Doubt(found.reason)
    changed = found[1]
    verb = "differs" if len(changed) == 1 else "differ"
    return Doubt(f"{verdict.names(changed)} {verb}") if changed else None
