"""A stage of one stack: told as it begins and ends, and never anybody else's trouble."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeVar

from orchestrator.errors import (
    AccountBusy,
    AwsDenied,
    Interrupted,
    LeaseLost,
    OrchestratorError,
    PlanChanged,
    TerraformFailed,
    Transient,
)
from orchestrator.model.events import StageEnded, StageStarted
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Change
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Ports
from orchestrator.process_environment import failed
from orchestrator.stages.jobs import Job

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
    def remark(self) -> str:
        again = f"tried again: {', '.join(self.retried)}" if self.retried else ""
        return "; ".join(filter(None, (self.note, again)))

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


@contextmanager
def stage(key: StackKey, name: str, ports: Ports) -> Iterator[Stage]:
    """Tell that the stage begins, and that it has ended, however it did."""
    ports.emit(StageStarted(key, name))
    current = Stage(time.monotonic())
    try:
        yield current
    except Exception as error:
        current.note = str(outcome_of(error))
        raise
    finally:
        ports.emit(StageEnded(key, name, current.seconds, current.remark))


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


def outcome_of(error: Exception) -> Outcome:  # noqa: PLR0911  # one for each kind
    """What a stack comes to that ends with `error`."""
    match error:
        case Interrupted():
            return Outcome.INTERRUPTED
        case LeaseLost():
            return Outcome.LEASE_LOST
        case AwsDenied(transient=Transient.FAULT):
            return Outcome.FAILED
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


@dataclass(frozen=True, slots=True)
class Rule:
    """`attempts` in all, and the pause in seconds after the first; it doubles each time."""

    attempts: int
    pause: float


PASSING = frozenset({Transient.THROTTLING, Transient.NETWORK, Transient.FAULT})
"""What may pass anywhere. A lock is waited for in one place alone: where the plan is applied."""

RULES: Mapping[Transient, Rule] = {
    Transient.THROTTLING: Rule(attempts=4, pause=10.0),
    Transient.LOCKED: Rule(attempts=3, pause=20.0),
    Transient.NETWORK: Rule(attempts=2, pause=5.0),
    Transient.FAULT: Rule(attempts=2, pause=5.0),
}
"""Terraform, the provider and botocore have tried again themselves before these count: the provider
25 times when AWS throttles, Terraform for 60 s when the state is locked."""


def pause(kind: Transient, attempt: int, key: StackKey) -> float:
    """Seconds to wait after so many attempts, 0 when there shall be no other.

    Between half and all of the doubled pause, so that stacks that were throttled together do not
    come back together.
    """
    rule = RULES[kind]
    if attempt >= rule.attempts:
        return 0.0
    spread = sha256(f"{key} {attempt}".encode()).digest()[0] / 255
    return float(rule.pause * 2 ** (attempt - 1) * (1 + spread) / 2)


def patiently(
    job: Job,
    stage: Stage,
    ports: Ports,
    work: Callable[[], T],
    kinds: frozenset[Transient] = PASSING,
) -> T:
    """What `work` returns, tried again as the rules say for errors of these kinds."""
    while True:
        try:
            return work()
        except OrchestratorError as error:
            if error.transient not in kinds or not again(job, error, ports, stage):
                raise


def again(job: Job, error: OrchestratorError, ports: Ports, stage: Stage | None = None) -> bool:
    """Wait for the next attempt; False when there is none, or the run is being stopped.

    Attempts are counted for the stack, over all of its stages and rounds: a stack that was
    throttled twice in its plan has two attempts less for its apply.
    """
    if error.transient is None:
        return False
    job.failed[error.transient] += 1
    seconds = pause(error.transient, job.failed[error.transient], job.key)
    if not seconds:
        return False
    log.warning("%s: %s%s, again in %.0f s", job.key, error.transient, error.holder, seconds)
    if stage:
        stage.retried.append(str(error.transient))
    return not ports.rest(seconds)
