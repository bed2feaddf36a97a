"""What happens in a run, said once as it happens: to the journal, to the screen, to machines.

Every event belongs to one run; whoever hears it adds the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.model.names import StackKey
from orchestrator.model.run import StackResult


@dataclass(frozen=True, slots=True)
class RunStarted:
    """`groups` are the stacks in the order in which they will be worked on, by the group's name."""

    run: str
    command: str
    groups: tuple[tuple[str, tuple[StackKey, ...]], ...]


@dataclass(frozen=True, slots=True)
class GroupStarted:
    """A foundation or a wave begins."""

    name: str
    stacks: int


@dataclass(frozen=True, slots=True)
class GroupEnded:
    """Every stack of the group has its result, or was skipped."""

    name: str
    failed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stack enters a stage: init, plan, scan, apply, verify, read."""

    key: StackKey
    stage: str


@dataclass(frozen=True, slots=True)
class StageEnded:
    """`note` is what a person wants to know of it: '3 create, 1 update'."""

    key: StackKey
    stage: str
    seconds: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan is saved. `state` is the lineage and serial it was made for, as Plan has it."""

    key: StackKey
    digest: str
    state: str


@dataclass(frozen=True, slots=True)
class StackEnded:
    """The stack's final result in this run."""

    result: StackResult


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing new starts for a while: bake time, a health check, AWS that throttles."""

    why: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Halted:
    """Nothing new starts any more in this run: budget spent, health check failed, pause, Ctrl-C."""

    why: str


Event = (
    RunStarted
    | GroupStarted
    | GroupEnded
    | StageStarted
    | StageEnded
    | Planned
    | StackEnded
    | Waiting
    | Halted
)

Emit = Callable[[Event], None]
"""Must be safe to call from several threads, quick, and never raise."""


def silently(_event: Event) -> None:
    """Tell nobody."""
