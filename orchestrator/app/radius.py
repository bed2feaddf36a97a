"""How far an apply may reach, and the reason for which it reaches further."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator import wiring
from orchestrator.app.session import Session
from orchestrator.errors import TooFar, UsageError
from orchestrator.model.names import StackKey
from orchestrator.model.run import Lifted
from orchestrator.rollout.gate import exceeded

SHORTEST = 10


def lifted(current: Session, keys: Sequence[StackKey], reason: str | None) -> Lifted | None:
    """The limits that are lifted for `reason`; None if the run stays within all of them.

    Raises TooFar if it does not, and there is no reason.
    """
    if reason is not None and len(reason.strip()) < SHORTEST:
        raise UsageError(f"'{reason}' is not a reason", f"write {SHORTEST} characters or more")
    last = wiring.runs(current.project.runs).last("apply")
    limits = exceeded(current.organization, keys, last.outcomes if last else {})
    if limits and reason is None:
        raise TooFar(limits)
    return Lifted(reason.strip(), limits) if limits and reason else None
