"""Which stacks run when: foundations first, then the accounts wave by wave."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Event
from typing import TypeVar

from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.model.plan import Plan, Violation
from orchestrator.model.run import Outcome, StackResult
from orchestrator.pipeline import stack
from orchestrator.pipeline.drift import Care
from orchestrator.pipeline.stack import Job
from orchestrator.ports import Ports

log = logging.getLogger(__name__)
T = TypeVar("T")
Scanned = Mapping[StackKey, tuple[Violation, ...]]

FOUNDATIONS = (StackName.LOG_ARCHIVE, StackName.ORGANIZATION, StackName.SECURITY)


@dataclass(frozen=True, slots=True)
class Group:
    """Jobs that may run at the same time, at most `width` of them."""

    name: str
    jobs: tuple[Job, ...]
    width: int

    @property
    def founding(self) -> bool:
        """Whether all other stacks stand on these."""
        return all(job.key.stack in FOUNDATIONS for job in self.jobs)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rollout keeps to. `tolerated` failures do not keep the next group from starting."""

    today: date
    width: int
    tolerated: int = 0
    stop: Event = field(default_factory=Event)
    abandoned: Event = field(default_factory=Event)
    """Set when what is planned ahead will not be applied any more."""

    @property
    def stopping(self) -> bool:
        return self.stop.is_set() or self.abandoned.is_set()


def groups(jobs: Sequence[Job], organization: Organization, width: int) -> tuple[Group, ...]:
    """The jobs in the order in which they are applied, empty groups left out."""
    founding = [
        Group(str(name), tuple(job for job in jobs if job.key.stack is name), width)
        for name in FOUNDATIONS
    ]
    accounts = [job for job in jobs if job.key.stack is StackName.ACCOUNT]
    waves = [
        Group(
            f"wave {name}",
            tuple(job for job in accounts if organization.wave_of[job.account.id] == name),
            min(width, wave.width),
        )
        for name, wave in organization.waves.items()
    ]
    return tuple(group for group in (*founding, *waves) if group.jobs)


def plan(jobs: Sequence[Job], ports: Ports, terms: Terms) -> Iterator[StackResult]:
    """Plan, scan and judge every job; change nothing."""
    made = _each(Group("plan", tuple(jobs), terms.width), terms, "plan", _planner(ports))
    yield from _judged(made, ports, terms)


def apply(groups_in_order: Sequence[Group], ports: Ports, terms: Terms) -> Iterator[StackResult]:
    """Foundations one after the other, then the accounts, wave by wave.

    The accounts' plans read nothing of the foundations, so they are made, scanned and judged
    while those are applied, and all are known before the first wave begins. After more failures
    than tolerated, the groups that follow are skipped; a foundation that failed is never
    tolerated, because all others stand on it.
    """
    failed = 0
    unfounded = Event()
    waiting = [job for group in groups_in_order if not group.founding for job in group.jobs]
    with ThreadPoolExecutor(max_workers=1) as ahead:
        planning = ahead.submit(_judge, waiting, ports, replace(terms, abandoned=unfounded))
        for group in groups_in_order:
            if failed > terms.tolerated or unfounded.is_set() or terms.stop.is_set():
                yield from (_skipped(job, failed, terms) for job in group.jobs)
                continue
            log.info("%s: %d stacks", group.name, len(group.jobs))
            judged = _judge(group.jobs, ports, terms) if group.founding else planning.result()
            for result in _apply_group(group, judged, ports, terms):
                failed += not result.succeeded
                if group.founding and not result.succeeded:
                    unfounded.set()
                yield result


def drift(jobs: Sequence[Job], ports: Ports, terms: Terms, care: Care) -> Iterator[StackResult]:
    """Compare every job's account with what was applied last."""
    yield from _simply("drift", jobs, terms, lambda job: stack.drift(job, ports, care))


def verify(jobs: Sequence[Job], ports: Ports, terms: Terms) -> Iterator[StackResult]:
    """Ask AWS whether it is as declared, without a plan."""
    yield from _simply("verify", jobs, terms, lambda job: stack.inspect(job, ports))


def _simply(
    stage: str, jobs: Sequence[Job], terms: Terms, work: Callable[[Job], StackResult]
) -> Iterator[StackResult]:
    for _, result in _each(Group(stage, tuple(jobs), terms.width), terms, stage, work):
        yield result


def _apply_group(
    group: Group, judged: Mapping[StackKey, StackResult], ports: Ports, terms: Terms
) -> Iterator[StackResult]:
    yield from (judged[job.key] for job in group.jobs if not judged[job.key].succeeded)
    able = tuple(job for job in group.jobs if judged[job.key].succeeded)
    for _, result in _each(
        replace(group, jobs=able),
        terms,
        "apply",
        lambda job: stack.apply(job, judged[job.key], ports),
    ):
        yield result


def _judge(jobs: Sequence[Job], ports: Ports, terms: Terms) -> Mapping[StackKey, StackResult]:
    return {result.key: result for result in plan(jobs, ports, terms)}


def _planner(ports: Ports) -> Callable[[Job], Plan]:
    return lambda job: stack.plan(job, ports)


def _judged(
    made: Iterable[tuple[Job, Plan | StackResult]], ports: Ports, terms: Terms
) -> Iterator[StackResult]:
    """One scan over all plans that change something; stacks without a plan keep their result."""
    pairs = list(made)
    yield from (result for _, result in pairs if isinstance(result, StackResult))
    planned = [(job, plan) for job, plan in pairs if isinstance(plan, Plan)]
    found = _scanned([plan for _, plan in planned if not plan.empty], ports)
    for job, plan in planned:
        if plan.empty:
            yield stack.judge(job, plan, (), terms.today)
        elif isinstance(found, StackResult):
            yield StackResult(job.key, found.outcome, plan, reason=found.reason)
        else:
            yield stack.judge(job, plan, found[job.key], terms.today)


def _scanned(plans: Sequence[Plan], ports: Ports) -> Scanned | StackResult:
    if not plans:
        return {}
    return stack.attempt(plans[0].key, "scan", lambda: ports.scanner.scan(plans))


def _each(
    group: Group, terms: Terms, stage: str, work: Callable[[Job], T]
) -> Iterator[tuple[Job, T | StackResult]]:
    """`work` done on every job, in the group's width; nothing new starts once told to stop."""

    def one(job: Job) -> T | StackResult:
        if terms.stopping:
            return StackResult(job.key, Outcome.INTERRUPTED, reason="was not started")
        return stack.attempt(job.key, stage, lambda: work(job))

    with ThreadPoolExecutor(max_workers=max(1, group.width)) as pool:
        yield from zip(group.jobs, pool.map(one, group.jobs), strict=True)


def _skipped(job: Job, failed: int, terms: Terms) -> StackResult:
    before = "one stack" if failed == 1 else f"{failed} stacks"
    stopped = terms.stop.is_set() or not failed
    reason = "the run was stopped" if stopped else f"{before} before it failed"
    return StackResult(job.key, Outcome.SKIPPED, reason=reason)
