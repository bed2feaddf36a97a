"""Between two waves: time to bake, then the question whether the first one is well."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from orchestrator.errors import AwsDenied
from orchestrator.model.events import Waiting
from orchestrator.model.run import Answer, StackResult
from orchestrator.model.waves import Health, Wave, part
from orchestrator.pipeline.course import Course
from orchestrator.pipeline.groups import Group
from orchestrator.pipeline.job import Job
from orchestrator.pipeline.working import each
from orchestrator.ports import Ports

log = logging.getLogger(__name__)
SHOWN = 3


def bake(wave: Wave, name: str, course: Course) -> None:
    """Wait, unless the run is told to stop."""
    if wave.bake_minutes:
        why = f"{name} bakes for {wave.bake_minutes} min"
        course.ports.tell(Waiting(why, wave.bake_minutes * 60.0))
        log.info(why)
        course.terms.stop.wait(wave.bake_minutes * 60.0)


def ails(
    group: Group, health: Health, results: Sequence[StackResult], began: datetime, course: Course
) -> str:
    """Why no other wave may start after this one, '' if it is well. Denied is never well."""
    course.ports.tell(Waiting(f"health check of {group.name}", 0.0))
    failed = {result.key for result in results if not result.stands}
    good = tuple(job for job in group.jobs if job.key not in failed)
    ailing = next(_ailments(group, health, good, began, course), "")
    log.info("%s health: %s", group.name, ailing or "well")
    return ailing and f"{group.name} is not healthy: {ailing}"


def _ailments(
    group: Group, health: Health, good: tuple[Job, ...], began: datetime, course: Course
) -> Iterator[str]:
    """The cheapest question first; what it finds makes the others needless."""
    failed, stacks = len(group.jobs) - len(good), len(group.jobs)
    if health.error_rate is not None and failed > part(health.error_rate, stacks):
        yield f"{failed} of {stacks} stacks failed, error_rate is {health.error_rate}"
    if health.new_critical_findings is not None:
        yield from _new_findings(health.new_critical_findings, good, began, course.ports)
    if health.verify:
        yield from _not_as_declared(good, course)


def _new_findings(most: int, good: tuple[Job, ...], began: datetime, ports: Ports) -> Iterator[str]:
    try:
        found = ports.findings.newer([job.account.id for job in good], began)
    except AwsDenied as denied:
        yield f"Security Hub's findings cannot be read: {denied.message}"
        return
    if len(found) > most:
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        yield f"new critical or high findings: {', '.join(found[:SHOWN])}{more}"


def _not_as_declared(good: tuple[Job, ...], course: Course) -> Iterator[str]:
    asked = Group("health", good, len(good))
    for job, wrong in each(asked, course, "health", lambda job: _wrong(job, course.ports)):
        said = wrong.reason if isinstance(wrong, StackResult) else wrong
        if said:
            yield f"{job.account.name}: {said}"


def _wrong(job: Job, ports: Ports) -> str:
    """The first question that AWS does not answer as declared. What is on its way is not ill."""
    for probe in ports.inspector.inspect(job.account, job.key):
        if probe.pending:
            log.info("%s health: %s", job.key, probe)
        elif probe.answer is not Answer.AS_DECLARED:
            return str(probe)
    return ""
