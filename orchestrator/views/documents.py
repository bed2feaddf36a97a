"""The shapes of what is printed for machines, from which the published JSON Schemas are made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from orchestrator.model.plan import Action, Violation
from orchestrator.model.run import Answer, How, Kind, Outcome

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Shape(BaseModel):
    """A document without keys that are not said here."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Change(Shape):
    """A change of a plan; values are never in it."""

    address: str
    type: str
    action: Action
    attributes: list[str]


class Probe(Shape):
    """A question put to AWS, and its answer."""

    what: str
    answer: Answer
    found: str


class Checked(Shape):
    """How a stack was compared with AWS."""

    how: How
    exact_at: str
    """When it was last planned for drift, in UTC, ISO 8601."""
    why: str
    kinds: list[Kind]
    suppressed: list[str]
    normalised: list[str]
    flapping: list[str]


class Stack(Shape):
    """Which stack."""

    account_id: Annotated[str, Field(pattern=r"^\d{12}$")]
    account: str
    stack: str


class StackResult(Stack):
    """What became of a stack."""

    outcome: Outcome
    reason: str
    digest: str | None
    """Of the plan that was judged."""
    changes: list[Change]
    violations: list[Violation]
    refused: list[str]
    """Every reason of the gate."""
    probes: list[Probe]
    checked: Checked | None
    seconds: dict[str, float]
    """Wall time by stage."""


class GroupedStack(StackResult):
    """The same, with what only a whole run can tell, as far as that is known."""

    group: str | None
    """The foundation or wave it was worked on in."""
    values: list[int]
    """For each change a number; where two stacks of the run have the same, the values are equal."""
    file: str | None
    """Where the account is written down."""
    line: int | None


class Lifted(Shape):
    """Limits of the blast radius that did not count this once."""

    reason: str
    limits: list[str]


class Run(Shape):
    """A run's result, as `--format json` prints it."""

    version: Literal[2]
    run: str
    command: str
    started: str
    """In UTC, ISO 8601."""
    seconds: float
    exit_code: int
    lifted: Lifted | None
    overrides: list[str] = []
    """What of the project's overrides/ its stacks were made with, or scanned with."""
    stacks: list[GroupedStack]


class EventShape(Shape):
    """What every event says: when it was, in UTC, and the id of the run it belongs to."""

    version: Literal[2]
    at: str
    run: str


class Group(Shape):
    """Stacks rolled out together."""

    name: str
    stacks: list[Stack]


class RunStarted(EventShape):
    """The stacks in the order in which they will be worked on."""

    event: Literal["run_started"]
    command: str
    groups: list[Group]


class GroupStarted(EventShape):
    """A foundation or a wave begins."""

    event: Literal["group_started"]
    name: str
    stacks: int


class GroupEnded(EventShape):
    """Every stack of the group has its result, or was skipped."""

    event: Literal["group_ended"]
    name: str
    failed: int
    seconds: float


class StageStarted(EventShape, Stack):
    """A stack enters a stage: init, plan, scan, apply, verify, read."""

    event: Literal["stage_started"]
    stage: str


class StageEnded(EventShape, Stack):
    """A stack leaves a stage; `note` is for people."""

    event: Literal["stage_ended"]
    stage: str
    seconds: float
    note: str


class Planned(EventShape, Stack):
    """A plan is saved; `state` is the lineage and serial of the state it was made for."""

    event: Literal["planned"]
    digest: str
    state: str


class StackEnded(EventShape, StackResult):
    """The stack's final result in this run."""

    event: Literal["stack_ended"]


class Waiting(EventShape):
    """Nothing new starts for a while."""

    event: Literal["waiting"]
    why: str
    seconds: float


class Halted(EventShape):
    """Nothing new starts any more in this run."""

    event: Literal["halted"]
    why: str


class Result(EventShape):
    """The last line."""

    event: Literal["result"]
    result: Run


Event = Annotated[
    RunStarted
    | GroupStarted
    | GroupEnded
    | StageStarted
    | StageEnded
    | Planned
    | StackEnded
    | Waiting
    | Halted
    | Result,
    Field(discriminator="event"),
]


def schema_texts() -> Mapping[str, str]:
    """The schemas as files: name and content."""
    described = {
        "run.schema.json": (Run, "What `--format json` prints."),
        "events.schema.json": (Event, "One line of what `--json` prints."),
    }
    return {name: text(shape, about) for name, (shape, about) in described.items()}


def text(shape: Any, about: str) -> str:
    """A JSON Schema as a file."""
    schema = _untitled(TypeAdapter(shape).json_schema(mode="serialization"))
    head = {"$schema": DIALECT, "description": about}
    return json.dumps({**schema, **head}, indent=2, ensure_ascii=False) + "\n"


def _untitled(node: Any) -> Any:
    """Without the titles pydantic adds, which say what the key says."""
    if isinstance(node, list):
        return [_untitled(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _untitled(inner)
        for key, inner in node.items()
        if not (key == "title" and isinstance(inner, str))
    }
