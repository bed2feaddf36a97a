"""Which drift a machine may put right: what is declared safe, where nothing else has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from orchestrator.drift.verdict import covered, names
from orchestrator.model.run import Kind, Outcome, StackResult
from orchestrator.stages.jobs import Job

MORE_THAN_DRIFT = frozenset({Kind.NOT_APPLIED, Kind.UPGRADE})
"""Where the next apply would do more than put things back."""


def reconciled(
    jobs: Sequence[Job], results: Iterable[StackResult], today: date
) -> tuple[tuple[Job, ...], tuple[str, ...]]:
    """The stacks to put right, each held to what has drifted, and why the other ones are not."""
    known = {job.key: job for job in jobs}
    ready, left = [], []
    for result in results:
        if result.outcome is not Outcome.DRIFTED:
            continue
        job = known[result.key]
        why = left_alone(job, result, today)
        if why:
            left.append(f"{result.key}: {why}")
        else:
            ready.append(replace(job, only=_addresses(result)))
    return tuple(ready), tuple(left)


def left_alone(job: Job, result: StackResult, today: date) -> str:
    """Why this drift is for a person; '' when a machine may put it right."""
    checked, drift = result.checked, result.plan.drift if result.plan else ()
    safe = covered(drift, job.account.settings.drift.reconcile, today)
    unsafe = tuple(change.address for change in drift if change not in safe)
    if not drift or checked is None:
        return "what has drifted is not known"
    if unsafe:
        return f"not declared safe: {names(unsafe)}"
    if checked.flapping:
        return f"put right before, and back again: {names(checked.flapping)}"
    if MORE_THAN_DRIFT.intersection(checked.kinds):
        return "there is a configuration that is not applied yet"
    return ""


def _addresses(result: StackResult) -> frozenset[str]:
    return frozenset(change.address for change in result.plan.drift) if result.plan else frozenset()
