"""Stacks that are left alone, and never silently: their accounts are set aside, closed or moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from orchestrator.model.run import Outcome, StackResult
from orchestrator.stages.context import Terms
from orchestrator.stages.jobs import Job

Parted = tuple[tuple[Job, ...], tuple[StackResult, ...]]


def parted(jobs: Sequence[Job], terms: Terms) -> Parted:
    """The jobs to work on, and a result for each of those that are left alone."""
    alone = {job.key: found for job in jobs for found in _alone(job, terms)}
    return tuple(job for job in jobs if job.key not in alone), tuple(alone.values())


def parted_to_apply(jobs: Sequence[Job], terms: Terms) -> Parted:
    """The same; an account that has moved is left alone, too, unless that was accepted."""
    working, aside = parted(jobs, terms)
    moved = () if terms.accept_moved else tuple(_moved(working, terms))
    held = {result.key for result in moved}
    return tuple(job for job in working if job.key not in held), (*aside, *moved)


def noted(results: Iterable[StackResult], terms: Terms) -> Iterator[StackResult]:
    """Results that say which accounts are in another OU; what is compared is still compared."""
    for result in results:
        said = terms.standings.moved.get(result.key.account_id)
        if said is None or result.outcome in (Outcome.MOVED, Outcome.SET_ASIDE):
            yield result
        else:
            yield replace(result, reason="\n".join(filter(None, (result.reason, said))))


def _alone(job: Job, terms: Terms) -> Iterator[StackResult]:
    held = job.account.set_aside(terms.today)
    closed = terms.standings.closed.get(job.account.id)
    if held:
        yield StackResult(job.key, Outcome.SET_ASIDE, reason=str(held))
    elif closed:
        yield StackResult(job.key, Outcome.CLOSED, reason=closed)


def _moved(jobs: Sequence[Job], terms: Terms) -> Iterator[StackResult]:
    for job in jobs:
        if said := terms.standings.moved.get(job.account.id):
            yield StackResult(job.key, Outcome.MOVED, reason=said)
