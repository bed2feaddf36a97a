"""Runs over parts of a fleet as the one run they would have been."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from orchestrator.errors import UsageError
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.run import Outcome, Run, StackResult

ORDER = tuple(StackName)
UNHEARD = "no run that was merged says anything of it"


def merged(runs: Sequence[Run], expected: Iterable[StackKey] = ()) -> Run:
    """One run with all results. What is `expected` and told by none of them was skipped.

    Raises UsageError when they are not parts of one thing.
    """
    _check(runs)
    missing = _missing(runs, expected)
    if len(runs) == 1 and not missing:
        return runs[0]
    results = [*(result for run in runs for result in run.results), *missing]
    started = min(runs, key=_begun)
    return Run(
        _id(runs),
        runs[0].command,
        started.started,
        max(_begun(run).timestamp() + run.seconds for run in runs) - _begun(started).timestamp(),
        tuple(sorted(results, key=lambda result: _place(result.key))),
        None,
        {key: group for run in runs for key, group in run.group_of.items()},
        {account: place for run in runs for account, place in run.configured_at.items()},
        tuple(sorted({name for run in runs for name in run.overrides})),
    )


def complete(run: Run, stacks: Iterable[StackKey]) -> bool:
    """Whether each of `stacks` was looked at: a skipped one was not."""
    told = {_at(r.key) for r in run.results if r.outcome is not Outcome.SKIPPED}
    return all(_at(key) in told for key in stacks)


def _check(runs: Sequence[Run]) -> None:
    if not runs:
        raise UsageError("no run is named", "name what the shards have left")
    commands = sorted({run.command for run in runs})
    if len(commands) > 1:
        raise UsageError(
            f"runs of {' and '.join(commands)} are not parts of one run", "merge those of one"
        )
    told = Counter(_at(result.key) for run in runs for result in run.results)
    twice = sorted(f"{account}/{stack}" for (account, stack), times in told.items() if times > 1)
    if twice:
        raise UsageError(
            f"more than one run tells of {', '.join(twice[:5])}", "leave the older one out"
        )


def _missing(runs: Sequence[Run], expected: Iterable[StackKey]) -> list[StackResult]:
    told = {_at(result.key) for run in runs for result in run.results}
    return [
        StackResult(key, Outcome.SKIPPED, reason=UNHEARD)
        for key in expected
        if _at(key) not in told
    ]


def _at(key: StackKey) -> tuple[str, str]:
    return key.account_id, key.stack


def _place(key: StackKey) -> tuple[int, str]:
    """As the stacks of an organization are ordered."""
    return ORDER.index(key.stack), key.account_id


def _begun(run: Run) -> datetime:
    return datetime.fromisoformat(run.started)


def _id(runs: Sequence[Run]) -> str:
    """As every id: the time it began, and four digits; the same of the same runs."""
    ids = sorted(run.id for run in runs)
    digest = hashlib.sha256(" ".join(ids).encode()).hexdigest()
    return f"{ids[0].rpartition('-')[0]}-{digest[:4]}"
