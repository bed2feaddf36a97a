"""The first stages of a stack: its folder, init, and a saved plan."""

from __future__ import annotations

import logging
from pathlib import Path

from orchestrator.model.events import Planned
from orchestrator.model.names import StackName
from orchestrator.model.plan import Plan
from orchestrator.ports import Environment, Ports, Purpose
from orchestrator.stages.attempts import patiently, stage, summary
from orchestrator.stages.jobs import Job

log = logging.getLogger(__name__)


def plan(job: Job, ports: Ports, *, refresh_only: bool = False) -> Plan:
    """Write the folder, initialise it, and save a plan."""
    folder = ports.folders.write(job.rendering)
    purpose = purpose_of(job, ports)
    if ports.terraform.unsaved(folder):
        _save(job, folder, purpose, ports)
    with ports.sessions.open(job.key, purpose) as entry:
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
    ports.emit(Planned(job.key, made.digest, made.state))
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
    with ports.locks.hold(job.key), ports.sessions.open(job.key, writing) as entry:
        ports.terraform.init(folder, entry.env)
        ports.terraform.save(folder, entry.env)
    log.warning("%s state of an apply that broke off is saved", job.key)


def purpose_of(job: Job, ports: Ports) -> Purpose:
    """The entry role until the stack has made the roles; afterwards only where that was said.

    Raises StateDamaged. Terraform takes an empty object for no state at all, and would make
    everything once more.
    """
    if job.key.stack is StackName.BOOTSTRAP:
        return Purpose.ENTRY
    if not job.makes_roles:
        ports.sessions.state_of(job.key)
    if job.makes_roles and (job.by_entry or not ports.sessions.roles_made(job.key)):
        return Purpose.ENTRY
    return Purpose.PLAN
