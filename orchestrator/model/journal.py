"""What is written down of a run while it runs: on what it stands, what it was asked, how it ended.

What happens in between are the events of `model.events`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from orchestrator.model.events import Event
from orchestrator.model.names import StackKey
from orchestrator.model.run import Lifted, Outcome

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
