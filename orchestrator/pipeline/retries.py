"""What is tried again, how often, and after which pause. All else fails at once.

An apply that failed half-way has changed its state, so its plan is of no use any more: it is tried
again from the plan on, through the gate. One that did not get the state's lock has done nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from orchestrator.errors import OrchestratorError
from orchestrator.model.names import StackKey
from orchestrator.model.transient import Transient
from orchestrator.pipeline.attempt import Stage
from orchestrator.pipeline.job import Job
from orchestrator.ports import Ports

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rule:
    """`attempts` in all, and the pause in seconds after the first; it doubles each time."""

    attempts: int
    pause: float


PASSING = frozenset({Transient.THROTTLING, Transient.NETWORK})
"""What may pass anywhere. A lock is waited for in one place alone: where the plan is applied."""

RULES: Mapping[Transient, Rule] = {
    Transient.THROTTLING: Rule(attempts=4, pause=10.0),
    Transient.LOCKED: Rule(attempts=3, pause=20.0),
    Transient.NETWORK: Rule(attempts=2, pause=5.0),
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
