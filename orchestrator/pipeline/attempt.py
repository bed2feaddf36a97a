"""A stage of one stack: told as it begins and ends, and never anybody else's trouble."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from orchestrator.errors import (
    AccountBusy,
    AwsDenied,
    Interrupted,
    OrchestratorError,
    PlanChanged,
    TerraformFailed,
)
from orchestrator.model.events import StageEnded, StageStarted
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Change
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Ports
from orchestrator.surroundings import failed

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(slots=True)
class Stage:
    """A stage under way. `note` is what a person will want to know of it once it has ended;
    `retried` is why it was tried again, each time.
    """

    started: float
    note: str = ""
    retried: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        again = f"tried again: {', '.join(self.retried)}" if self.retried else ""
        return "; ".join(filter(None, (self.note, again)))

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


@contextmanager
def stage(key: StackKey, name: str, ports: Ports) -> Iterator[Stage]:
    """Tell that the stage begins, and that it has ended, however it did."""
    ports.tell(StageStarted(key, name))
    current = Stage(time.monotonic())
    try:
        yield current
    except Exception as error:
        current.note = str(outcome_of(error))
        raise
    finally:
        ports.tell(StageEnded(key, name, current.seconds, current.told))


def attempt(key: StackKey, name: str, work: Callable[[], T]) -> T | StackResult:
    """What `work` returns, or what kept it from returning, as the stack's result."""
    started = time.monotonic()
    try:
        return work()
    except Exception as error:
        seconds = {name: time.monotonic() - started}
        outcome = outcome_of(error)
        log.error("%s %s: %s (%.1f s)", key, name, outcome, seconds[name])
        log.debug("%s %s", key, name, exc_info=error)
        known = error if isinstance(error, OrchestratorError) else failed(error)
        reason = str(known) if known else f"{type(error).__name__}: {error}"
        return StackResult(key, outcome, reason=f"{name}: {reason}", seconds=seconds)


def outcome_of(error: Exception) -> Outcome:
    """What a stack comes to that ends with `error`."""
    match error:
        case Interrupted():
            return Outcome.INTERRUPTED
        case AwsDenied():
            return Outcome.DENIED
        case AccountBusy():
            return Outcome.SKIPPED
        case PlanChanged():
            return Outcome.REFUSED
        case TerraformFailed(denied=True):
            return Outcome.DENIED
        case _:
            return Outcome.FAILED


def summary(changes: tuple[Change, ...]) -> str:
    """'3 create, 1 update', or 'no changes'."""
    actions = sorted({change.action for change in changes})
    counted = [f"{sum(c.action is action for c in changes)} {action}" for action in actions]
    return ", ".join(counted) or "no changes"
