"""What happens in a run: events as they happen, and what a journal says before and after them.

An event is said once, to the journal, to the screen, to machines. Every event belongs to one run;
the one who takes it adds the time. A journal also says on what the run stands, what it was asked,
and how it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from orchestrator.model.names import StackKey
from orchestrator.model.run import Lifted, Outcome, StackResult


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
    """Nothing new starts in this run: budget spent, health check failed, pause, Ctrl-C."""

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
    """Drop the event."""


Option = str | int | float | bool | None
Groups = tuple[tuple[str, tuple[StackKey, ...]], ...]
"""Stacks in the order in which they are worked on, by the name of their wave or foundation."""


@dataclass(frozen=True, slots=True)
class ToolVersions:
    """What a run stands on besides the rendered files. `lock` and `policies` are SHA-256."""

    orchestrator: str = ""
    terraform: str = ""
    """Product and version."""
    provider: str = ""
    lock: str = ""
    policies: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who started the run, and where; `user` is what the environment says, and proves nothing.

    `born` tells the process from a later one with the same number: seconds since 1970, whole.
    """

    user: str = ""
    host: str = ""
    pid: int = 0
    born: int = 0
    revision: str = ""
    """The commit of the checkout, if there is one."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that decides what a run does. `modules` are the digests of those that are called."""

    run: str
    command: str
    selection: str
    options: Mapping[str, Option]
    groups: Groups
    rendered: Mapping[StackKey, str]
    modules: Mapping[str, str] = field(default_factory=dict)
    tool_versions: ToolVersions = field(default_factory=ToolVersions)
    origin: Origin = field(default_factory=Origin)
    lifted: Lifted | None = None
    resumes: str = ""
    """The run whose rest this one does."""

    @property
    def keys(self) -> tuple[StackKey, ...]:
        return tuple(key for _, keys in self.groups for key in keys)


@dataclass(frozen=True, slots=True)
class Stored:
    """The run's plans are kept; `manifest` is the SHA-256 of their manifest."""

    manifest: str


@dataclass(frozen=True, slots=True)
class Ending:
    """The last line of a journal. `error` says what broke the run off, if anything did."""

    exit_code: int
    counts: Mapping[Outcome, int]
    seconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what was said, and when, in UTC."""

    at: datetime
    said: Inputs | Event | Stored | Ending
