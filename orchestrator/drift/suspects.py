"""A stack in which somebody may have changed something: only that is read, and a plan decides."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from orchestrator.drift import reading, verdict
from orchestrator.drift.check import exact
from orchestrator.drift.verdict import Doubt
from orchestrator.model.drift import Suspect, Unread
from orchestrator.model.run import Checked, How, Outcome, StackResult
from orchestrator.ports import Ports
from orchestrator.stages.attempts import attempt, stage
from orchestrator.stages.jobs import Job

log = logging.getLogger(__name__)

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
        found = reading.examine(job.rendering, suspects, ports)
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
