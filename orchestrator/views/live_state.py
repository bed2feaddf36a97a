"""A run as far as it has come: a value, folded from what is told of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orchestrator.model.events import (
    Event,
    GroupEnded,
    GroupStarted,
    Halted,
    Planned,
    RunStarted,
    StackEnded,
    StageEnded,
    StageStarted,
    Waiting,
)
from orchestrator.model.names import StackKey
from orchestrator.model.run import EXIT_CODES, Outcome, StackResult

REMEMBERED = 20
"""Failures kept for the screen; all of them are in the results."""
WINDOW = 180.0
"""Seconds over which the rate is taken."""
ENDS = 1000
NOTED = 15.0
"""Seconds for which something is shown that is not a wait of its own: AWS asking to slow down."""


@dataclass(frozen=True, slots=True)
class GroupProgress:
    """A foundation or a wave. `seconds` once it has ended, `started` once it has begun."""

    name: str
    stacks: int
    started: float | None = None
    seconds: float | None = None
    planned: int = 0
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)

    @property
    def done(self) -> int:
        return sum(self.outcomes.values())

    @property
    def failed(self) -> int:
        return sum(count for outcome, count in self.outcomes.items() if failure(outcome))

    @property
    def skipped(self) -> int:
        return self.outcomes.get(Outcome.SKIPPED, 0)


@dataclass(frozen=True, slots=True)
class Running:
    """A stack in a stage, since a point of the listener's clock."""

    stage: str
    since: float


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything the screen shows. Times are those of the listener's clock, in seconds."""

    started: float
    run: str = ""
    command: str = ""
    groups: Mapping[str, GroupProgress] = field(default_factory=dict)
    group_of: Mapping[StackKey, str] = field(default_factory=dict)
    running: Mapping[StackKey, Running] = field(default_factory=dict)
    planned: frozenset[StackKey] = frozenset()
    plans: tuple[float, ...] = ()
    ends: tuple[float, ...] = ()
    failures: tuple[StackResult, ...] = ()
    waiting: str = ""
    waiting_until: float = 0.0
    noted_until: float = 0.0
    halted: str = ""

    @property
    def stacks(self) -> int:
        return len(self.group_of)

    @property
    def done(self) -> int:
        return sum(group.done for group in self.groups.values())

    @property
    def failed(self) -> int:
        return sum(group.failed for group in self.groups.values())

    def rate(self, now: float) -> float | None:
        """Stacks that ended, a second, lately."""
        return _rate(self.ends, now)

    def plan_rate(self, now: float) -> float | None:
        """Plans a second; None when none has been made for a while."""
        recent = self.plans and now - self.plans[-1] < NOTED
        return _rate(self.plans, now) if recent else None

    def left(self, now: float) -> float | None:
        """Seconds until all stacks have ended, if it goes on as lately."""
        rate = self.rate(now)
        return (self.stacks - self.done) / rate if rate and not self.halted else None


def failure(outcome: Outcome) -> bool:
    """Whether somebody has to look at it; a skipped stack has its reason elsewhere."""
    return outcome in EXIT_CODES and outcome is not Outcome.SKIPPED


def _rate(times: tuple[float, ...], now: float) -> float | None:
    lately = [time for time in times if time > now - WINDOW]
    span = now - lately[0] if lately else 0.0
    return (len(lately) - 1) / span if len(lately) > 1 and span > 0 else None


def fold(progress: Progress, event: Event, now: float) -> Progress:
    """The run after `event`."""
    match event:
        case RunStarted():
            after = _begun(event, now)
        case GroupStarted(name):
            begun = replace(_group(progress, name, event.stacks), started=now)
            after = replace(_with(progress, begun), waiting="")
        case GroupEnded(name, _, seconds):
            after = _with(progress, replace(_group(progress, name), seconds=seconds))
        case StageStarted(key, stage):
            after = replace(progress, running={**progress.running, key: Running(stage, now)})
        case StageEnded(key):
            after = replace(progress, running=_without(progress.running, key))
        case Planned(key):
            after = _planned(progress, key, now)
        case StackEnded(result):
            after = _ended(progress, result, now)
        case Waiting(why, seconds):
            noted = now + max(seconds, NOTED)
            after = replace(progress, waiting=why, waiting_until=now + seconds, noted_until=noted)
        case Halted(why):
            after = replace(progress, halted=why, waiting="")
    return after


def _begun(event: RunStarted, now: float) -> Progress:
    groups = {name: GroupProgress(name, len(keys)) for name, keys in event.groups}
    group_of = {key: name for name, keys in event.groups for key in keys}
    return Progress(now, event.run, event.command, groups, group_of)


def _planned(progress: Progress, key: StackKey, now: float) -> Progress:
    if key in progress.planned:
        return progress
    group = _group(progress, progress.group_of.get(key, ""))
    return replace(
        _with(progress, replace(group, planned=group.planned + 1)),
        planned=progress.planned | {key},
        plans=(*progress.plans, now)[-ENDS:],
    )


def _ended(progress: Progress, result: StackResult, now: float) -> Progress:
    group = _group(progress, progress.group_of.get(result.key, ""))
    outcomes = Counter(group.outcomes) + Counter({result.outcome: 1})
    known = _with(progress, replace(group, outcomes=dict(outcomes)))
    worked_on = result.outcome is not Outcome.SKIPPED
    return replace(
        known,
        running=_without(progress.running, result.key),
        ends=(*progress.ends, now)[-ENDS:] if worked_on else progress.ends,
        failures=(*progress.failures, result)[-REMEMBERED:]
        if failure(result.outcome)
        else progress.failures,
    )


def _group(progress: Progress, name: str, stacks: int = 0) -> GroupProgress:
    return progress.groups.get(name) or GroupProgress(name, stacks)


def _with(progress: Progress, group: GroupProgress) -> Progress:
    return replace(progress, groups={**progress.groups, group.name: group})


def _without(running: Mapping[StackKey, Running], key: StackKey) -> Mapping[StackKey, Running]:
    return {other: stage for other, stage in running.items() if other != key}
