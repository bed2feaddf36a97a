"""The first stack of all: the state bucket, and the roles by which every other stack is entered.

Its state cannot be in a bucket that is not there yet. So it begins in the folder, and moves into
the bucket as soon as the bucket exists. Repeating it is safe at every point it may have broken off.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from orchestrator.errors import ScanFailed
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Ports, Purpose
from orchestrator.rollout import stack
from orchestrator.stages import planning
from orchestrator.stages.attempts import summary
from orchestrator.stages.jobs import Job

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """The same stack twice: with its state in the folder, and with its state in the bucket."""

    local: Job
    settled: Job


def bootstrap(
    jobs: Bootstrap, ports: Ports, today: date, agreed: Callable[[StackResult], bool]
) -> StackResult:
    """Make the bucket and the first roles, or bring them up to date.

    `agreed` is shown the plan and says whether to go on.
    """
    settled = ports.sessions.has_state(jobs.settled.key)
    job = jobs.settled if settled else jobs.local
    judged = _planned(job, ports, today)
    if not judged.succeeded or not agreed(judged):
        return judged
    _apply(job, judged, ports)
    if not settled:
        _settle(jobs.settled, ports)
    return _verified(jobs.settled, judged, ports)


def _planned(job: Job, ports: Ports, today: date) -> StackResult:
    made = planning.plan(job, ports)
    found = () if made.empty else ports.scanner.scan([made])[job.key]
    if isinstance(found, ScanFailed):
        raise found
    return stack.judge(job, made, found, today)


def _apply(job: Job, judged: StackResult, ports: Ports) -> None:
    if judged.plan is None or judged.plan.empty:
        return
    with ports.sessions.open(job.key, Purpose.ENTRY) as entry:
        ports.terraform.apply(judged.plan, entry.env)
    log.info("%s apply: %s", job.key, summary(judged.plan.changes))


def _settle(job: Job, ports: Ports) -> None:
    folder = ports.folders.write(job.rendering)
    with ports.sessions.open(job.key, Purpose.ENTRY) as entry:
        ports.terraform.migrate(folder, entry.env)
    log.info("%s state moved into its bucket", job.key)


def _verified(job: Job, judged: StackResult, ports: Ports) -> StackResult:
    folder = ports.folders.write(job.rendering)
    with ports.sessions.open(job.key, Purpose.ENTRY) as entry:
        left = ports.terraform.is_empty(folder, entry.env)
        if not left:
            ports.terraform.record(folder, entry.env)
    if left:
        reason = f"a second plan still changes {', '.join(left)}"
        return replace(judged, outcome=Outcome.UNVERIFIED, reason=reason)
    done = Outcome.APPLIED if judged.outcome is Outcome.PLANNED else judged.outcome
    return replace(judged, outcome=done)
