"""Stacks of accounts that somebody has set aside: left alone, and never silently."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from orchestrator.model.run import Outcome, StackResult
from orchestrator.pipeline.job import Job


def parted(jobs: Sequence[Job], today: date) -> tuple[tuple[Job, ...], tuple[StackResult, ...]]:
    """The jobs to work on, and a result for each of those that are left alone."""
    held = {job.key: job.account.set_aside(today) for job in jobs}
    aside = tuple(
        StackResult(key, Outcome.SET_ASIDE, reason=str(why)) for key, why in held.items() if why
    )
    return tuple(job for job in jobs if not held[job.key]), aside
