"""A worker's answer to what it is given.

Whatever is delivered twice is done once: what was concluded is answered again, and what was begun
and not concluded is planned anew. A message is removed when it is answered, and not before.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Event

from orchestrator.errors import AwsDenied, OrchestratorError
from orchestrator.model.events import StackEnded
from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome, StackResult
from orchestrator.model.submission import Item, exceeded
from orchestrator.ports import Clock
from orchestrator.ports.workers import Delivery
from orchestrator.rollout import waves
from orchestrator.rollout.workers.item import OpenRun, SubmittedRun, Work, carry_out
from orchestrator.rollout.workers.lease import Beat, EventLog, Heartbeat
from orchestrator.stages.attempts import outcome_of

log = logging.getLogger(__name__)
AGAIN = 30
"""Seconds after which a message is there again that could not be worked on now."""
LEFT = frozenset({Outcome.INTERRUPTED, Outcome.LEASE_LOST})
"""Concluded by another worker: who has lost its lease may not say what became of the account."""
LONGEST = 2000
"""Characters of a cause. Step Functions takes 32768; source: SendTaskFailure."""


@dataclass(frozen=True, slots=True)
class Serving:
    """`draining` is set when the worker is to end: what runs is finished, nothing new starts."""

    beat: Beat
    submitted_runs: OpenRun
    worker: str
    clock: Clock
    draining: Event

    def serve(self, delivery: Delivery) -> None:
        """Work on a delivery and answer it. Raises nothing that belongs to one item."""
        try:
            if self.beat.queue.heartbeat(delivery):
                self._answered(delivery)
                return
            log.info("%s: its result is no longer awaited", delivery.item)
            self.beat.queue.remove(delivery)
        except AwsDenied as denied:
            log.error("%s: left for later: %s", delivery.item, denied)
            self._give_back(delivery, AGAIN)

    def _answered(self, delivery: Delivery) -> None:
        try:
            with Heartbeat(self.beat, delivery, self.draining) as heartbeat:
                self._work(delivery, heartbeat)
        except AwsDenied:
            raise
        except OrchestratorError as error:
            self._answer(delivery, outcome_of(error), str(error), failed=True)

    def _work(self, delivery: Delivery, heartbeat: Heartbeat) -> None:
        item = delivery.item
        if item.key is None:
            unhealthy = self._check(item, heartbeat)
            if unhealthy is not None:
                outcome = Outcome.FAILED if unhealthy else Outcome.IN_SYNC
                self._answer(delivery, outcome, unhealthy, failed=bool(unhealthy))
                return
        else:
            result = self._concluded(item, item.key, heartbeat)
            if result.outcome not in LEFT:
                self._answer(delivery, result.outcome, _why(result), failed=not result.stands)
                return
        self._stopped(delivery, heartbeat)

    def _stopped(self, delivery: Delivery, heartbeat: Heartbeat) -> None:
        """Nothing is concluded: another worker does it, unless nobody shall."""
        if heartbeat.cancelled:
            self._answer(delivery, Outcome.INTERRUPTED, str(heartbeat.cancelled), failed=True)
        elif not heartbeat.awaited:
            self.beat.queue.remove(delivery)
        else:
            self._give_back(delivery, 0)

    def _concluded(self, item: Item, key: StackKey, heartbeat: Heartbeat) -> StackResult:
        records = self.beat.records
        known = records.concluded(item)
        if known is not None:
            log.info("%s: was concluded before: %s", item, known.outcome)
            return known
        if heartbeat.stop.is_set():
            return StackResult(key, Outcome.INTERRUPTED, reason="was not started")
        event_log = EventLog(records, self.worker, item, self.clock)
        result = self._carried_out(item, key, heartbeat, event_log)
        if result.outcome not in LEFT:
            result = records.conclude(item, result)
        event_log(StackEnded(result))
        event_log.keep()
        return result

    def _carried_out(
        self, item: Item, key: StackKey, heartbeat: Heartbeat, event_log: EventLog
    ) -> StackResult:
        try:
            with self.submitted_runs(item.run) as submitted:
                failed = self.beat.records.failures(item.run)
                over = exceeded(submitted.submission.batches, failed, item.batch)
                if over:
                    return StackResult(key, Outcome.SKIPPED, reason=over)
                return self._at(submitted, item, key, heartbeat, event_log)
        except AwsDenied:
            raise
        except OrchestratorError as error:
            return StackResult(key, outcome_of(error), reason=str(error))

    def _at(
        self,
        submitted: SubmittedRun,
        item: Item,
        key: StackKey,
        heartbeat: Heartbeat,
        event_log: EventLog,
    ) -> StackResult:
        job = submitted.job(key)
        if obstacles := submitted.obstacles(job):
            reason = f"worker {self.worker}: {'; '.join(obstacles)}"
            return StackResult(key, Outcome.REFUSED, reason=reason)
        work = Work(
            submitted.submission.inputs.command,
            job,
            submitted.context(heartbeat.stop, event_log),
            lambda: self.beat.records.concluded(item),
            submitted.settle,
            submitted.pause,
        )
        result = carry_out(work)
        if result.plan is not None:
            submitted.ports.folders.discard(result.plan)
        return result

    def _check(self, item: Item, heartbeat: Heartbeat) -> str | None:
        """What is wrong after a batch, '' if nothing is; None if it was not found out."""
        records = self.beat.records
        known = records.checked(item)
        if known is not None or heartbeat.stop.is_set():
            return known
        event_log = EventLog(records, self.worker, item, self.clock)
        with self.submitted_runs(item.run) as submitted:
            batch = submitted.submission.batch(item.batch)
            unhealthy = exceeded(
                submitted.submission.batches, records.failures(item.run), batch.name, over=True
            )
            unhealthy = unhealthy or _unhealthy(
                submitted, item, records.results(item.run), heartbeat, event_log
            )
        event_log.keep()
        return None if heartbeat.stop.is_set() else records.check(item, unhealthy)

    def _answer(self, delivery: Delivery, outcome: Outcome, why: str, *, failed: bool) -> None:
        log.info("%s: %s %s", delivery.item, outcome, why)
        queue = self.beat.queue
        if failed:
            queue.fail(delivery, str(outcome), why[:LONGEST])
        else:
            queue.succeed(delivery, {"item": delivery.item.name, "outcome": str(outcome)})
        queue.remove(delivery)

    def _give_back(self, delivery: Delivery, seconds: int) -> None:
        try:
            self.beat.queue.keep(delivery, seconds)
        except AwsDenied as denied:
            log.warning("%s: comes back by itself: %s", delivery.item, denied.message)


def _unhealthy(
    submitted: SubmittedRun,
    item: Item,
    results: tuple[StackResult, ...],
    heartbeat: Heartbeat,
    event_log: EventLog,
) -> str:
    group, context = (
        submitted.group(submitted.submission.batch(item.batch)),
        submitted.context(heartbeat.stop, event_log),
    )
    if group.wave is None:
        return ""
    waves.bake(group.wave, group.name, context)
    if heartbeat.stop.is_set() or group.wave.health is None:
        return ""
    keys = {job.key for job in group.jobs}
    own = [result for result in results if result.key in keys]
    return waves.unhealthy(group, group.wave.health, own, submitted.submission.at, context)


def _why(result: StackResult) -> str:
    refused = result.verdict.reasons if result.verdict and not result.verdict.allowed else ()
    return "; ".join(filter(None, (*refused, result.reason)))
