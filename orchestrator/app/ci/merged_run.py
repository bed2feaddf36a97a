"""Runs over parts of a fleet as the one run they would have been: `ci merge`."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestrator import config, wiring
from orchestrator.app import notifications, selection
from orchestrator.app.kept_runs import named
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.documents.run import as_json
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.model.run import Outcome, Run, StackResult
from orchestrator.render import stacks_of

ORDER = tuple(StackName)
UNHEARD = "no run that was merged says anything of it"


@dataclass(frozen=True, slots=True)
class Merge:
    """The one run, and the configuration by which it was made."""

    project: Project
    organization: Organization
    run: Run

    def notify(self, targets: Sequence[str]) -> ExitCode:
        """Hand what has drifted to `targets`, and end as the run, or as what could not be sent."""
        whole = complete(self.run, stacks_of(self.organization))
        unsent = notifications.notify_of(
            self.project, self.organization, self.run.results, targets, complete=whole
        )
        return unsent or self.run.exit_code


def merge(
    project: Project,
    names: Sequence[str],
    expect: str | None,
    targets: Sequence[str],
    *,
    keep: bool = False,
) -> Merge:
    """Read the runs of these names or files, and make one of them. Raises UsageError."""
    notifications.check_targets(targets, environment(project))
    organization = config.load(project.configs, dates.today())
    expected = selection.chosen(project, organization, [expect]) if expect else ()
    run = merged([_read(project, name) for name in names], expected)
    if keep:
        wiring.whole(project.runs / f"{run.id}.json", as_json(run))
    return Merge(project, organization, run)


def _read(project: Project, name: str) -> Run:
    if Path(name).is_file():
        return wiring.kept_run(Path(name))
    kept = wiring.runs(project.runs)
    return kept.run(named(name, kept.runs()))


def merged(runs: Sequence[Run], expected: Iterable[StackKey] = ()) -> Run:
    """One run with all results. What is `expected` and in none of them was skipped.

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
    seen = {_at(r.key) for r in run.results if r.outcome is not Outcome.SKIPPED}
    return all(_at(key) in seen for key in stacks)


def _check(runs: Sequence[Run]) -> None:
    if not runs:
        raise UsageError("no run is named", "name what the shards have left")
    commands = sorted({run.command for run in runs})
    if len(commands) > 1:
        raise UsageError(
            f"runs of {' and '.join(commands)} are not parts of one run", "merge those of one"
        )
    reports = Counter(_at(result.key) for run in runs for result in run.results)
    twice = sorted(f"{account}/{stack}" for (account, stack), times in reports.items() if times > 1)
    if twice:
        raise UsageError(
            f"more than one run tells of {', '.join(twice[:5])}", "leave the older one out"
        )


def _missing(runs: Sequence[Run], expected: Iterable[StackKey]) -> list[StackResult]:
    known = {_at(result.key) for run in runs for result in run.results}
    return [
        StackResult(key, Outcome.SKIPPED, reason=UNHEARD)
        for key in expected
        if _at(key) not in known
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
