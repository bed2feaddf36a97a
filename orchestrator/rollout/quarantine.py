"""Stacks that are left alone, and never silently: their accounts are set aside, closed or moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from orchestrator.model.run import Outcome, StackResult
from orchestrator.stages.context import RunOptions
from orchestrator.stages.jobs import Job

Quarantined = tuple[tuple[Job, ...], tuple[StackResult, ...]]


def split_quarantined(jobs: Sequence[Job], options: RunOptions) -> Quarantined:
    """The jobs to work on, and a result for each of those that are left alone."""
    alone = {job.key: found for job in jobs for found in _alone(job, options)}
    return tuple(job for job in jobs if job.key not in alone), tuple(alone.values())


def split_quarantined_to_apply(jobs: Sequence[Job], options: RunOptions) -> Quarantined:
    """The same; an account that has moved is left alone, too, unless that was accepted."""
    active, aside = split_quarantined(jobs, options)
    moved = () if options.accept_moved else tuple(_moved(active, options))
    held = {result.key for result in moved}
    return tuple(job for job in active if job.key not in held), (*aside, *moved)


def annotated(result: StackResult, options: RunOptions) -> StackResult:
    """The result, which says if its account is in another OU; it is compared all the same."""
    said = options.standings.moved.get(result.key.account_id)
    if said is None or result.outcome in (Outcome.MOVED, Outcome.SET_ASIDE):
        return result
    return replace(result, reason="\n".join(filter(None, (result.reason, said))))


def _alone(job: Job, options: RunOptions) -> Iterator[StackResult]:
    held = job.account.set_aside(options.today)
    closed = options.standings.closed.get(job.account.id)
    if held:
        yield StackResult(job.key, Outcome.SET_ASIDE, reason=str(held))
    elif closed:
        yield StackResult(job.key, Outcome.CLOSED, reason=closed)


def _moved(jobs: Sequence[Job], options: RunOptions) -> Iterator[StackResult]:
    for job in jobs:
        if said := options.standings.moved.get(job.account.id):
            yield StackResult(job.key, Outcome.MOVED, reason=said)
