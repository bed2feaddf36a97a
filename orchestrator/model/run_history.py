"""What a journal tells of a run, gathered from its lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from orchestrator.model.events import (
    GroupEnded,
    GroupStarted,
    Halted,
    Planned,
    StackEnded,
    StageEnded,
    StageStarted,
    Waiting,
)
from orchestrator.model.journal import Ending, Entry, Inputs, Stored
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
