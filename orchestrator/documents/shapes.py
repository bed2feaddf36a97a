"""The shape of every document: for its readers, and for its published schema.

Pydantic reads the source of each shape for its description, so this is loaded when a document is
read or `orchestrator schema` writes, and by no command that only writes documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

from orchestrator.documents.events import EVENTS, NAMES
from orchestrator.model import events
from orchestrator.model.events import Groups, Inputs, Origin, ToolVersions
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.plan import Action, ValueChange, Violation
from orchestrator.model.run import Checked, Lifted, Outcome, Probe
from orchestrator.model.run import StackResult as Concluded

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LATER: Mapping[str, tuple[str, ...]] = {
    "": ("overrides",),
    "Violation": ("severity",),
    "Change": ("values", "more"),
}
"""Shape → the keys that its older documents do not have; the run itself is ''."""


class Shape(BaseModel):
    """A document without keys that are not said here."""

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )


class Change(Shape):
    """A change of a plan."""

    address: str
    type: str
    action: Action
    attributes: tuple[str, ...]
    values: tuple[ValueChange, ...] = ()
    """What differs, as far as it is not sensitive."""
    more: int = 0
    """How many more values differ than are said."""


class Stack(Shape):
    """Which stack."""

    account_id: Annotated[str, Field(pattern=r"^\d{12}$")]
    account: str
    stack: str

    @property
    def key(self) -> StackKey:
        return StackKey(AccountId(self.account_id), self.account, StackName(self.stack))


class StackResult(Stack):
    """What became of a stack."""

    outcome: Outcome
    reason: str
    digest: str | None
    """Of the plan that was judged."""
    changes: tuple[Change, ...]
    violations: tuple[Violation, ...]
    refused: tuple[str, ...]
    """Every reason of the gate."""
    probes: tuple[Probe, ...]
    checked: Checked | None
    seconds: dict[str, float]
    """Wall time by stage."""


class GroupedStack(StackResult):
    """The same, with what only a whole run can tell, as far as that is known."""

    group: str | None
    """The foundation or wave it was worked on in."""
    values: tuple[int, ...]
    """For each change a number; where two stacks of the run have the same, the values are equal."""
    file: str | None
    """Where the account is written down."""
    line: int | None


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
    overrides: tuple[str, ...] = ()
    """What of the project's overrides/ its stacks were made with, or scanned with."""
    stacks: tuple[GroupedStack, ...]


class Streamed(Shape):
    """What every event says: when it was, in UTC, and the id of the run it belongs to."""

    version: Literal[2]
    at: str
    run: str


class Line(Shape):
    """What every line says: the version of the journal's format, and when it was, in UTC."""

    v: Literal[1]
    at: str


class Group(Shape):
    """Stacks rolled out together."""

    name: str
    stacks: tuple[Stack, ...]


class RenderedStack(Stack):
    """A stack, and the digest of what is rendered for it."""

    rendered: str


class AskedGroup(Shape):
    """Stacks worked on together, in the order of the run."""

    name: str
    stacks: tuple[RenderedStack, ...]


class Asked(Line):
    """The first line: all that decides what the run does."""

    event: Literal["asked"]
    run: str
    command: str
    selection: str
    options: dict[str, events.Option]
    groups: tuple[AskedGroup, ...]
    modules: dict[str, str]
    ground: ToolVersions
    origin: Origin
    lifted: Lifted | None
    resumes: str
    """The run whose rest this one does, or ''."""


class StackEnded(Stack, Line):
    """A stack's result. What a plan changes is in the run's own document."""

    event: Literal["stack_ended"]
    outcome: Outcome
    reason: str
    refused: tuple[str, ...]
    checked: Checked | None = None
    """How it was compared with AWS, in a drift check."""
    seconds: dict[str, float]


class Result(Streamed):
    """The last line."""

    event: Literal["result"]
    result: Run


def _shape(said: type, event: str, head: type[Shape]) -> type[Shape]:
    """The shape of a frozen value: its stack and its result are laid open, all else is as it is."""
    bases: tuple[type[Shape], ...] = (head,)
    own: dict[str, Any] = {"event": (Literal[event], ...)}
    for key, hint in get_type_hints(said).items():
        if hint is StackKey:
            bases = (Stack, head)
        elif hint is Concluded:
            bases = (StackResult, head)
        elif hint == Groups:
            own[key] = (tuple[Group, ...], ...)
        elif key not in head.model_fields:
            own[key] = (hint, ...)
    name = "".join(map(str.capitalize, event.split("_")))
    return create_model(name, __base__=bases, __doc__=said.__doc__, **own)


@cache
def journal() -> Mapping[type[Shape], Any]:
    """The shape of each line of a journal, and what it says. Made when it is first asked for."""
    own: dict[type, type[Shape]] = {Inputs: Asked, events.StackEnded: StackEnded}
    return {own.get(said) or _shape(said, name, Line): said for said, name in NAMES.items()}


def one_of(shapes: Iterable[type[Shape]]) -> Any:
    """Any of them, told apart by the name of the event."""
    either: Any = reduce(or_, shapes)
    return Annotated[either, Field(discriminator="event")]


def schema_texts() -> Mapping[str, str]:
    """The schemas as files: name and content."""
    said = (_shape(kind, name, Streamed) for name, kind in EVENTS.items())
    stream, lines = one_of((*said, Result)), one_of(journal())
    last, kept = {**LATER, "Run": LATER[""]}, {**LATER, "StackEnded": ("checked",)}
    return {
        "run.schema.json": text(Run, "What `--format json` prints.", LATER),
        "events.schema.json": text(stream, "One line of what `--json` prints.", last),
        "journal.schema.json": text(lines, "One line of .orchestrator/runs/<run>.journal.", kept),
    }


def text(shape: Any, about: str, later: Mapping[str, tuple[str, ...]]) -> str:
    """A JSON Schema as a file. `later` has shapes with the keys that their older documents lack."""
    schema = _bare(TypeAdapter(shape).json_schema(mode="serialization"))
    for name, known in [("", schema), *schema.get("$defs", {}).items()]:
        if name in later and "required" in known:
            known["required"] = [key for key in known["required"] if key not in later[name]]
    head = {"$schema": DIALECT, "description": about}
    return json.dumps({**schema, **head}, indent=2, ensure_ascii=False) + "\n"


def _bare(node: Any) -> Any:
    """Without the titles pydantic adds, and without defaults: all keys are always written."""
    if isinstance(node, list):
        return [_bare(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _bare(inner)
        for key, inner in node.items()
        if key != "default" and not (key == "title" and isinstance(inner, str))
    }
