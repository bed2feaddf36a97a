"""Reading a stack instead of planning it, and keeping what a plan found to be in sync."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from orchestrator.drift import verdict
from orchestrator.drift.verdict import Care, Doubt
from orchestrator.errors import AwsDenied
from orchestrator.model.drift import Baseline, Reading, Suspect, Unread
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.plan import Rendering
from orchestrator.model.run import Checked, How
from orchestrator.ports import Ports, Purpose

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


def examine(
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
