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
from orchestrator.rollout.workers.item import Desk, Desks, Work, carry_out
from orchestrator.rollout.workers.lease import Beat, Beating, Noting
from orchestrator.stages.attempts import outcome_of

log = logging.getLogger(__name__)
AGAIN = 30
"""Seconds after which a message is there again that could not be worked on now."""
LONGEST = 2000
"""Characters of a cause. Step Functions takes 32768; source: SendTaskFailure."""


@dataclass(frozen=True, slots=True)
class Serving:
    """`leaving` is set when the worker is to end: what runs is finished, nothing new starts."""

    beat: Beat
    desks: Desks
    worker: str
    clock: Clock
    leaving: Event

    def serve(self, delivery: Delivery) -> None:
        """Work on a delivery and answer it. Raises nothing that belongs to one item."""
        try:
            if self.beat.queue.heartbeat(delivery):
                self._answered(delivery)
                return
            log.info("%s: nobody waits for it any more", delivery.item)
            self.beat.queue.remove(delivery)
        except AwsDenied as denied:
            log.error("%s: left for later: %s", delivery.item, denied)
            self._give_back(delivery, AGAIN)

    def _answered(self, delivery: Delivery) -> None:
        try:
            with Beating(self.beat, delivery, self.leaving) as beating:
                self._work(delivery, beating)
        except AwsDenied:
            raise
        except OrchestratorError as error:
            self._answer(delivery, outcome_of(error), str(error), failed=True)

    def _work(self, delivery: Delivery, beating: Beating) -> None:
        item = delivery.item
        if item.key is None:
            ails = self._check(item, beating)
            if ails is not None:
                outcome = Outcome.FAILED if ails else Outcome.IN_SYNC
                self._answer(delivery, outcome, ails, failed=bool(ails))
                return
        else:
            result = self._concluded(item, item.key, beating)
            if result.outcome is not Outcome.INTERRUPTED:
                self._answer(delivery, result.outcome, _why(result), failed=not result.stands)
                return
        self._stopped(delivery, beating)

    def _stopped(self, delivery: Delivery, beating: Beating) -> None:
        """Nothing is concluded: another worker does it, unless nobody shall."""
        if beating.cancelled:
            self._answer(delivery, Outcome.INTERRUPTED, str(beating.cancelled), failed=True)
        elif not beating.awaited:
            self.beat.queue.remove(delivery)
        else:
            self._give_back(delivery, 0)

    def _concluded(self, item: Item, key: StackKey, beating: Beating) -> StackResult:
        records = self.beat.records
        known = records.concluded(item)
        if known is not None:
            log.info("%s: was concluded before: %s", item, known.outcome)
            return known
        if beating.stop.is_set():
            return StackResult(key, Outcome.INTERRUPTED, reason="was not started")
        noting = Noting(records, self.worker, item, self.clock)
        result = self._carried_out(item, key, beating, noting)
        if result.outcome is not Outcome.INTERRUPTED:
            result = records.conclude(item, result)
        noting(StackEnded(result))
        noting.keep()
        return result

    def _carried_out(
        self, item: Item, key: StackKey, beating: Beating, noting: Noting
    ) -> StackResult:
        try:
            with self.desks(item.run) as desk:
                failed = self.beat.records.failures(item.run)
                over = exceeded(desk.submission.lots, failed, item.lot)
                if over:
                    return StackResult(key, Outcome.SKIPPED, reason=over)
                return self._at(desk, item, key, beating, noting)
        except AwsDenied:
            raise
        except OrchestratorError as error:
            return StackResult(key, outcome_of(error), reason=str(error))

    def _at(
        self, desk: Desk, item: Item, key: StackKey, beating: Beating, noting: Noting
    ) -> StackResult:
        job = desk.job(key)
        if obstacles := desk.obstacles(job):
            reason = f"worker {self.worker}: {'; '.join(obstacles)}"
            return StackResult(key, Outcome.REFUSED, reason=reason)
        work = Work(
            desk.submission.inputs.command,
            job,
            desk.course(beating.stop, noting),
            lambda: self.beat.records.concluded(item),
            desk.settle,
            desk.pause,
        )
        result = carry_out(work)
        if result.plan is not None:
            desk.ports.folders.discard(result.plan)
        return result

    def _check(self, item: Item, beating: Beating) -> str | None:
        """What is wrong after a lot, '' if nothing is; None if it was not found out."""
        records = self.beat.records
        known = records.checked(item)
        if known is not None or beating.stop.is_set():
            return known
        noting = Noting(records, self.worker, item, self.clock)
        with self.desks(item.run) as desk:
            lot = desk.submission.lot(item.lot)
            ails = exceeded(desk.submission.lots, records.failures(item.run), lot.name, over=True)
            ails = ails or _ails(desk, item, records.results(item.run), beating, noting)
        noting.keep()
        return None if beating.stop.is_set() else records.check(item, ails)

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


def _ails(
    desk: Desk,
    item: Item,
    results: tuple[StackResult, ...],
    beating: Beating,
    noting: Noting,
) -> str:
    group, course = desk.group(desk.submission.lot(item.lot)), desk.course(beating.stop, noting)
    if group.wave is None:
        return ""
    waves.bake(group.wave, group.name, course)
    if beating.stop.is_set() or group.wave.health is None:
        return ""
    keys = {job.key for job in group.jobs}
    own = [result for result in results if result.key in keys]
    return waves.ails(group, group.wave.health, own, desk.submission.at, course)


def _why(result: StackResult) -> str:
    refused = result.verdict.reasons if result.verdict and not result.verdict.allowed else ()
    return "; ".join(filter(None, (*refused, result.reason)))
