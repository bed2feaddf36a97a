"""An apply from its first foundation to its last wave, and what keeps a wave from starting."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event

from orchestrator.errors import AwsDenied
from orchestrator.model.events import Halted, Waiting
from orchestrator.model.run import Answer, Outcome, StackResult
from orchestrator.model.waves import FailureMode, Health, Wave, part
from orchestrator.ports import Ports
from orchestrator.rollout import stack
from orchestrator.rollout.gate import split_quarantined_to_apply
from orchestrator.rollout.stack import Judged, judge_all
from orchestrator.stages.context import OVER_BUDGET, Progress, RunContext, each
from orchestrator.stages.jobs import Group, Job


@dataclass(frozen=True, slots=True)
class Budget:
    """How many failures are tolerated. Without a mode, the group is brought to its end."""

    tolerated: int
    mode: FailureMode | None = None

    def room(self, width: int, failed: int) -> int:
        """How many stacks may be under way at the same time after so many failures."""
        if self.mode is None:
            return width
        if self.spent(failed):
            return 0
        if self.mode is FailureMode.STRICT:
            return min(width, self.tolerated + 1 - failed)
        return width

    def spent(self, failed: int) -> bool:
        """Whether more stacks have failed than tolerated."""
        return failed > self.tolerated


def of(group: Group, override: int | None) -> Budget:
    """What holds for a group; `override` is a count for all of them."""
    failures = group.wave.failures if group.wave else None
    if failures is None:
        return Budget(override or 0)
    tolerated = failures.tolerated(len(group.jobs)) if override is None else override
    return Budget(tolerated, failures.mode)


log = logging.getLogger(__name__)
SHOWN = 3


def bake(wave: Wave, name: str, context: RunContext) -> None:
    """Wait, unless the run is told to stop."""
    if wave.bake_minutes:
        why = f"{name} bakes for {wave.bake_minutes} min"
        context.ports.emit(Waiting(why, wave.bake_minutes * 60.0))
        log.info(why)
        context.options.stop.wait(wave.bake_minutes * 60.0)


def unhealthy(
    group: Group,
    health: Health,
    results: Sequence[StackResult],
    began: datetime,
    context: RunContext,
) -> str:
    """Why no other wave may start after this one, '' if it is well. Denied is never well."""
    context.ports.emit(Waiting(f"health check of {group.name}", 0.0))
    failed = {result.key for result in results if not result.stands}
    good = tuple(job for job in group.jobs if job.key not in failed)
    ailing = next(_ailments(group, health, good, began, context), "")
    log.info("%s health: %s", group.name, ailing or "well")
    return ailing and f"{group.name} is not healthy: {ailing}"


def _ailments(
    group: Group, health: Health, good: tuple[Job, ...], began: datetime, context: RunContext
) -> Iterator[str]:
    """The cheapest question first; what it finds makes the others needless."""
    failed, stacks = len(group.jobs) - len(good), len(group.jobs)
    if health.error_rate is not None and failed > part(health.error_rate, stacks):
        yield f"{failed} of {stacks} stacks failed, error_rate is {health.error_rate}"
    if health.new_critical_findings is not None:
        yield from _new_findings(health.new_critical_findings, good, began, context.ports)
    if health.verify:
        yield from _not_as_declared(good, context)


def _new_findings(most: int, good: tuple[Job, ...], began: datetime, ports: Ports) -> Iterator[str]:
    try:
        found = ports.findings.newer([job.account.id for job in good], began)
    except AwsDenied as denied:
        yield f"Security Hub's findings cannot be read: {denied.message}"
        return
    if len(found) > most:
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        yield f"new critical or high findings: {', '.join(found[:SHOWN])}{more}"


def _not_as_declared(good: tuple[Job, ...], context: RunContext) -> Iterator[str]:
    asked = Group("health", good, len(good))
    for job, wrong in each(asked, context, "health", lambda job: _wrong(job, context.ports)):
        said = wrong.reason if isinstance(wrong, StackResult) else wrong
        if said:
            yield f"{job.account.name}: {said}"


def _wrong(job: Job, ports: Ports) -> str:
    """The first question that AWS does not answer as declared. What is on its way is not ill."""
    for probe in ports.conformance.inspect(job.account, job.key):
        if probe.pending:
            log.info("%s health: %s", job.key, probe)
        elif probe.answer is not Answer.AS_DECLARED:
            return str(probe)
    return ""


STOPPED = "the run was stopped"


@dataclass(slots=True)
class Rollout:
    """How far an apply has come. `halted` says why nothing new starts any more."""

    progress: Progress
    halted: str = ""
    unfounded: Event = field(default_factory=Event)

    @property
    def context(self) -> RunContext:
        return self.progress.context

    def halt(self, why: str) -> None:
        """The first reason is the one that counts."""
        if why and not self.halted:
            self.halted = why
            log.warning("nothing new starts: %s", why)
            self.context.ports.emit(Halted(why))


def roll_out(groups: Sequence[Group], progress: Progress) -> None:
    """See rollout.apply."""
    rollout, context = Rollout(progress), progress.context
    others = [job for group in groups if not group.founding for job in group.jobs]
    waiting, _ = split_quarantined_to_apply(others, context.options)
    with ThreadPoolExecutor(max_workers=1) as ahead:
        planning = ahead.submit(judge_all, waiting, context.unless(rollout.unfounded))
        for group, following in zip(groups, (*groups[1:], None), strict=True):
            if context.options.stop.is_set():
                rollout.halt(STOPPED)
            if rollout.halted:
                for job in group.jobs:
                    progress.end(StackResult(job.key, Outcome.SKIPPED, reason=rollout.halted))
            else:
                _one_group(group, planning, rollout, last=following is None)


def _one_group(group: Group, planning: Future[Judged], rollout: Rollout, *, last: bool) -> None:
    progress, context = rollout.progress, rollout.context
    log.info("%s: %d stacks", group.name, len(group.jobs))
    began = context.ports.clock()
    active, _ = split_quarantined_to_apply(group.jobs, context.options)
    judged = judge_all(active, context) if group.founding else planning.result()
    with progress.group(group):
        for result in _applied(group, judged, context):
            if group.founding and _unfounded(result):
                rollout.unfounded.set()
            progress.end(result)
    results = progress.of(group)
    _look_back(group, results, rollout)
    if not last and not rollout.halted and group.wave and not context.options.stop.is_set():
        bake(group.wave, group.name, context)
        if group.wave.health and not context.options.stop.is_set():
            rollout.halt(unhealthy(group, group.wave.health, results, began, context))
        if group.name == context.options.pause_after:
            rollout.halt(f"paused after {group.name}")


def _applied(group: Group, judged: Judged, context: RunContext) -> Iterator[StackResult]:
    """What the gate let through, applied; what it did not counts as failed from the start."""
    active, aside = split_quarantined_to_apply(group.jobs, context.options)
    refused = [judged[job.key] for job in active if not judged[job.key].succeeded]
    yield from (*aside, *refused)
    able = tuple(job for job in active if judged[job.key].succeeded)
    spending = of(group, context.options.tolerated)
    work = replace(group, jobs=able)
    for _, result in each(
        work,
        context,
        "apply",
        lambda job: stack.apply_with_retries(job, judged[job.key], context),
        lambda failed: spending.room(group.width, failed + len(refused)),
    ):
        yield result


def _look_back(group: Group, results: Sequence[StackResult], rollout: Rollout) -> None:
    """A foundation that failed is never tolerated, because all others stand on it."""
    failed = sum(map(_spends, results))
    if rollout.context.options.stop.is_set():
        rollout.halt(STOPPED)
    spending = of(group, rollout.context.options.tolerated)
    if rollout.unfounded.is_set() or spending.spent(failed):
        before = "one stack" if failed == 1 else f"{failed} stacks"
        tolerated = f", {spending.tolerated} tolerated" if spending.tolerated else ""
        rollout.halt(f"{before} before it failed{tolerated}")


def _spends(result: StackResult) -> bool:
    """Whether it counts against the failure budget."""
    return not result.stands and result.reason != OVER_BUDGET


def _unfounded(result: StackResult) -> bool:
    """All others stand on a foundation, also on one that only has been closed or moved."""
    return not result.stands or result.outcome in (Outcome.CLOSED, Outcome.MOVED)
