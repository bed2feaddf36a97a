"""What earlier runs and reports have left: runs gathered from journals, a point for each report.

With its points, the next report shows how things have gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from orchestrator.model.events import (
    Ending,
    Entry,
    GroupEnded,
    GroupStarted,
    Halted,
    Inputs,
    Planned,
    StackEnded,
    StageEnded,
    StageStarted,
    Stored,
    Waiting,
)
from orchestrator.model.names import StackKey
from orchestrator.model.run import EXIT_CODES, Kind, Outcome


class Status(StrEnum):
    RUNNING = "running"
    ENDED = "ended"
    DIED = "died"
    """Its process is gone, and it has not said how it ended."""
    UNKNOWN = "unknown"
    """It has not ended, and runs on another machine if it runs."""


@dataclass(frozen=True, slots=True)
class StackHistory:
    """What one stack went through. `outcome` is None as long as it has no result.

    `state` is the lineage and serial its plan was made for; '' without a plan.
    """

    outcome: Outcome | None = None
    reasons: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()
    stages: tuple[StageEnded, ...] = ()
    state: str = ""
    kinds: tuple[Kind, ...] = ()
    """Of drift."""

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to do for it."""
        return self.outcome is not None and (
            self.outcome not in EXIT_CODES or self.outcome is Outcome.DRIFTED
        )

    @property
    def applying(self) -> bool:
        """Whether its apply had started: the state may have moved, and the run knows it."""
        return "apply" in self.begun


@dataclass(frozen=True, slots=True)
class GroupHistory:
    name: str
    started: datetime
    failed: int = 0
    seconds: float | None = None
    """None as long as it has not ended."""


@dataclass(frozen=True, slots=True)
class History:
    """`garbled` names lines in the middle that cannot be read; `torn` is said of a last one."""

    inputs: Inputs
    started: datetime
    status: Status
    stacks: Mapping[StackKey, StackHistory]
    groups: tuple[GroupHistory, ...] = ()
    waits: tuple[Waiting, ...] = ()
    halted: str = ""
    manifest: str = ""
    ending: Ending | None = None
    garbled: tuple[str, ...] = field(default=())
    torn: str = ""

    @property
    def unsettled(self) -> tuple[StackKey, ...]:
        """The stacks that failed or never came to a result, in the run's order."""
        return tuple(key for key in self.inputs.keys if not self.stacks[key].settled)

    @property
    def outcomes(self) -> Mapping[StackKey, Outcome]:
        """Those known; unless the run goes on, also what became of the rest."""
        known = {key: stack.outcome for key, stack in self.stacks.items() if stack.outcome}
        if self.status is Status.RUNNING:
            return known
        rest = {key: _left(stack) for key, stack in self.stacks.items() if not stack.outcome}
        return {**known, **rest}


def _left(stack: StackHistory) -> Outcome:
    return Outcome.INTERRUPTED if stack.begun else Outcome.SKIPPED


def gather(
    entries: Iterable[Entry], status: Status, garbled: tuple[str, ...] = (), torn: str = ""
) -> History:
    """The whole of a run. The first entry is its inputs; raises ValueError if it is not.

    `status` is that of a run that has not said how it ended.
    """
    first, *rest = tuple(entries) or (None,)
    if first is None or not isinstance(first.said, Inputs):
        raise ValueError("it does not begin with what the run was asked")
    stacks = dict.fromkeys(first.said.keys, StackHistory())
    history = History(first.said, first.at, status, stacks, garbled=garbled, torn=torn)
    for entry in rest:
        history = _with(history, entry, stacks)
    return history


def _with(history: History, entry: Entry, stacks: dict[StackKey, StackHistory]) -> History:
    """`stacks` is the history's own, changed in place: a run of 500 has thousands of lines."""
    match entry.said:
        case StageStarted() | StageEnded() | Planned() | StackEnded():
            _record(stacks, entry.said)
        case GroupStarted() | GroupEnded():
            return replace(history, groups=_grouped(history.groups, entry.said, entry.at))
        case Waiting() as waiting:
            return replace(history, waits=(*history.waits, waiting))
        case Halted(why=why):
            return replace(history, halted=why)
        case Stored(manifest=manifest):
            return replace(history, manifest=manifest)
        case Ending() as ending:
            return replace(history, ending=ending, status=Status.ENDED)
        case _:
            pass
    return history


def _record(
    stacks: dict[StackKey, StackHistory], said: StageStarted | StageEnded | Planned | StackEnded
) -> None:
    key = said.result.key if isinstance(said, StackEnded) else said.key
    stack = stacks.get(key, StackHistory())
    match said:
        case StageStarted(stage=stage):
            stacks[key] = replace(stack, begun=(*stack.begun, stage))
        case StageEnded() as ended:
            stacks[key] = replace(stack, stages=(*stack.stages, ended))
        case Planned(state=state):
            stacks[key] = replace(stack, state=state)
        case StackEnded(result=result):
            refused = result.verdict.reasons if result.verdict else ()
            reasons = (*refused, result.reason) if result.reason else refused
            kinds = result.checked.kinds if result.checked else ()
            stacks[key] = replace(stack, outcome=result.outcome, reasons=reasons, kinds=kinds)


def _grouped(
    groups: tuple[GroupHistory, ...], said: GroupStarted | GroupEnded, at: datetime
) -> tuple[GroupHistory, ...]:
    if isinstance(said, GroupStarted):
        return (*groups, GroupHistory(said.name, at))
    return tuple(
        replace(group, failed=said.failed, seconds=said.seconds)
        if group.name == said.name and group.seconds is None
        else group
        for group in groups
    )


VERSION = 1


@dataclass(frozen=True, slots=True)
class Score:
    """Of the controls with data, how many have passed."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0

    @property
    def share(self) -> float | None:
        """Percent; None without any data."""
        all_ = self.passed + self.failed + self.unknown
        return 100 * self.passed / all_ if all_ else None


@dataclass(frozen=True, slots=True)
class Point:
    """One day. Scores by team's name, OU's path and account's id; numbers by their names."""

    at: datetime
    organization: Score
    teams: Mapping[str, Score] = field(default_factory=dict)
    units: Mapping[str, Score] = field(default_factory=dict)
    accounts: Mapping[str, Score] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


def monthly(points: tuple[Point, ...], most: int) -> tuple[Point, ...]:
    """The last point of each of the last months, the oldest first."""
    last = {f"{point.at:%Y-%m}": point for point in sorted(points, key=lambda each: each.at)}
    return tuple(last.values())[-most:]


def point_document(point: Point) -> Mapping[str, Any]:
    return {
        "version": VERSION,
        "at": point.at.isoformat(timespec="seconds"),
        "organization": _numbers(point.organization),
        "teams": {name: _numbers(score) for name, score in point.teams.items()},
        "units": {name: _numbers(score) for name, score in point.units.items()},
        "accounts": {name: _numbers(score) for name, score in point.accounts.items()},
        "numbers": dict(point.numbers),
    }


def read_point(found: Any) -> Point:
    """Raises KeyError, TypeError and ValueError for anything that was not written like this."""
    if found["version"] != VERSION:
        raise ValueError(f"it is of version {found['version']}, not {VERSION}")
    return Point(
        datetime.fromisoformat(found["at"]),
        _score(found["organization"]),
        _scores(found["teams"]),
        _scores(found["units"]),
        _scores(found["accounts"]),
        {str(name): int(number) for name, number in found["numbers"].items()},
    )


def _numbers(score: Score) -> list[int]:
    return [score.passed, score.failed, score.unknown]


def _score(numbers: list[int]) -> Score:
    passed, failed, unknown = map(int, numbers)
    return Score(passed, failed, unknown)


def _scores(found: Mapping[str, list[int]]) -> dict[str, Score]:
    return {str(name): _score(numbers) for name, numbers in found.items()}
