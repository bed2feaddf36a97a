"""The shapes of a journal's lines, from which their published JSON Schema is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from orchestrator.model.run import Outcome
from orchestrator.views.documents import Checked, Group, Lifted, Shape, Stack, text


class LineShape(Shape):
    """What every line says: the version of the journal's format, and when it was, in UTC."""

    v: Literal[1]
    at: str


class RenderedStack(Stack):
    """A stack, and the digest of what is rendered for it."""

    rendered: str


class AskedGroup(Shape):
    """Stacks worked on together, in the order of the run."""

    name: str
    stacks: list[RenderedStack]


class Ground(Shape):
    """What the run stands on besides its configuration; `lock` and `policies` are SHA-256."""

    orchestrator: str
    terraform: str
    provider: str
    lock: str
    policies: str


class Origin(Shape):
    """Who started the run and where; `born` is when the process began, in seconds since 1970."""

    user: str
    host: str
    pid: int
    born: int
    revision: str


class Asked(LineShape):
    """The first line: all that decides what the run does."""

    event: Literal["asked"]
    run: str
    command: str
    selection: str
    options: dict[str, str | int | float | bool | None]
    groups: list[AskedGroup]
    modules: dict[str, str]
    ground: Ground
    origin: Origin
    lifted: Lifted | None
    resumes: str
    """The run whose rest this one does, or ''."""


class RunStarted(LineShape):
    event: Literal["run_started"]
    run: str
    command: str
    groups: list[Group]


class GroupStarted(LineShape):
    event: Literal["group_started"]
    name: str
    stacks: int


class GroupEnded(LineShape):
    event: Literal["group_ended"]
    name: str
    failed: int
    seconds: float


class StageStarted(LineShape, Stack):
    event: Literal["stage_started"]
    stage: str


class StageEnded(LineShape, Stack):
    event: Literal["stage_ended"]
    stage: str
    seconds: float
    note: str


class Planned(LineShape, Stack):
    """`state` is the lineage and serial that the plan was made for."""

    event: Literal["planned"]
    digest: str
    state: str


class StackEnded(LineShape, Stack):
    event: Literal["stack_ended"]
    outcome: Outcome
    reason: str
    refused: list[str]
    seconds: dict[str, float]
    checked: Checked | None = None
    """How it was compared with AWS, in a drift check."""


class Waiting(LineShape):
    event: Literal["waiting"]
    why: str
    seconds: float


class Halted(LineShape):
    event: Literal["halted"]
    why: str


class PlansStored(LineShape):
    """`manifest` is the SHA-256 of the manifest of the stored plans."""

    event: Literal["plans_stored"]
    manifest: str


class Ended(LineShape):
    """The last line; `error` says what broke the run off."""

    event: Literal["ended"]
    exit_code: int
    counts: dict[Outcome, int]
    seconds: float
    error: str


Line = Annotated[
    Asked
    | RunStarted
    | GroupStarted
    | GroupEnded
    | StageStarted
    | StageEnded
    | Planned
    | StackEnded
    | Waiting
    | Halted
    | PlansStored
    | Ended,
    Field(discriminator="event"),
]


def schema_texts() -> Mapping[str, str]:
    """The schema as a file: name and content."""
    return {"journal.schema.json": text(Line, "One line of .orchestrator/runs/<run>.journal.")}
