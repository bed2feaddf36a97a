"""What happens in a run, one JSON document a line: streamed by `--json`, and kept in its journal.

Both are made from the frozen events. Published as schemas/events.schema.json and
schemas/journal.schema.json; a version changes when a key changes its meaning or goes away, new keys
and new events may come at any time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import Field, TypeAdapter, create_model

from orchestrator.documents import run as runs
from orchestrator.documents.run import Document, Shape, Stack, StackResult, stack, stack_result
from orchestrator.documents.schemas import exact, one_line, plain, text
from orchestrator.model import events
from orchestrator.model.events import Entry, Groups, Inputs, Origin, Stored, ToolVersions
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Verdict
from orchestrator.model.run import Checked, Lifted, Outcome
from orchestrator.model.run import Run as Ran
from orchestrator.model.run import StackResult as Concluded

VERSION = 2
"""Of the stream. Until 1, a violation was a text."""
JOURNAL_VERSION = 1
Said = events.Event | Inputs | Stored | events.Ending
MEASURED = events.GroupEnded | events.Waiting
"""Their seconds are in a journal as they were measured; all others are rounded."""
STREAM_TEXT = json.JSONEncoder(separators=(",", ":"), default=plain).encode
JOURNAL_TEXT = json.JSONEncoder(separators=(",", ":"), default=exact).encode


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
    result: runs.Run


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


EVENTS: Mapping[str, type] = {
    "run_started": events.RunStarted,
    "group_started": events.GroupStarted,
    "group_ended": events.GroupEnded,
    "stage_started": events.StageStarted,
    "stage_ended": events.StageEnded,
    "planned": events.Planned,
    "stack_ended": events.StackEnded,
    "waiting": events.Waiting,
    "halted": events.Halted,
}
NAMES: Mapping[type, str] = {
    **{said: name for name, said in EVENTS.items()},
    Inputs: "asked",
    Stored: "plans_stored",
    events.Ending: "ended",
}


@cache
def _journal() -> Mapping[type[Shape], Any]:
    """The shape of each line of a journal, and what it says. Made when it is first asked for."""
    own: dict[type, type[Shape]] = {Inputs: Asked, events.StackEnded: StackEnded}
    return {own.get(said) or _shape(said, name, Line): said for said, name in NAMES.items()}


def _one_of(shapes: Iterable[type[Shape]]) -> Any:
    """Any of them, told apart by the name of the event."""
    either: Any = reduce(or_, shapes)
    return Annotated[either, Field(discriminator="event")]


@cache
def _reader() -> TypeAdapter[Any]:
    return TypeAdapter(_one_of(_journal()))


def streamed(event: events.Event, run: str, at: datetime) -> str:
    """An event of the run with id `run`; without a line end."""
    body = stack_result(event.result) if isinstance(event, events.StackEnded) else _open(event)
    return _streamed(NAMES[type(event)], run, at, _rounded(body))


def last_line(run: Ran, at: datetime) -> str:
    """The result: in `result` what `--format json` prints."""
    return _streamed("result", run.id, at, {"result": runs.document(run)})


def _streamed(event: str, run: str, at: datetime, body: Document) -> str:
    head = {"version": VERSION, "at": at.isoformat(timespec="milliseconds"), "run": run}
    return STREAM_TEXT({**head, "event": event, **body})


def line(entry: Entry) -> str:
    """A line of a journal, without its end."""
    said = entry.said
    if isinstance(said, Inputs):
        body = _asked(said)
    elif isinstance(said, events.StackEnded):
        body = _ended(said.result)
    else:
        body = _open(said) if isinstance(said, MEASURED) else _rounded(_open(said))
    at = entry.at.astimezone(UTC).isoformat()
    return JOURNAL_TEXT({"v": JOURNAL_VERSION, "at": at, "event": NAMES[type(said)], **body})


def entry(text: str) -> Entry:
    """What a line of a journal says. Raises ValueError for any that is not ours."""
    with one_line():
        found = _reader().validate_python(json.loads(text), extra="ignore")
    at = datetime.fromisoformat(found.at)
    if at.tzinfo is None:
        raise ValueError("its time has no zone")
    return Entry(at, _value(found))


def _open(said: Any) -> dict[str, Any]:
    """A frozen value's own keys, its stack laid open."""
    own: dict[str, Any] = {}
    for name in said.__dataclass_fields__:
        if name == "key":
            own.update(stack(said.key))
        elif name == "groups":
            own[name] = [{"name": n, "stacks": [stack(k) for k in keys]} for n, keys in said.groups]
        else:
            own[name] = getattr(said, name)
    return own


def _ended(result: Concluded) -> dict[str, Any]:
    return {
        **stack(result.key),
        "outcome": result.outcome,
        "reason": result.reason,
        "refused": result.verdict.reasons if result.verdict else (),
        "checked": result.checked,
        "seconds": {stage: round(spent, 3) for stage, spent in result.seconds.items()},
    }


def _rounded(body: dict[str, Any]) -> dict[str, Any]:
    """To milliseconds, in place."""
    if isinstance(seconds := body.get("seconds"), float):
        body["seconds"] = round(seconds, 3)
    return body


def _asked(said: Inputs) -> dict[str, Any]:
    groups = [
        {"name": n, "stacks": [{**stack(k), "rendered": said.rendered.get(k, "")} for k in keys]}
        for n, keys in said.groups
    ]
    return {
        "run": said.run,
        "command": said.command,
        "selection": said.selection,
        "options": dict(said.options),
        "groups": groups,
        "modules": dict(said.modules),
        "ground": said.tool_versions,
        "origin": said.origin,
        "lifted": said.lifted,
        "resumes": said.resumes,
    }


def _value(found: Any) -> Said:
    if isinstance(found, Asked):
        return _inputs(found)
    if isinstance(found, StackEnded):
        verdict = Verdict(None, found.refused) if found.refused else None
        rest = {name: getattr(found, name) for name in ("reason", "seconds", "checked")}
        return events.StackEnded(Concluded(found.key, found.outcome, verdict=verdict, **rest))
    said = _journal()[type(found)]
    own = {field.name: getattr(found, field.name) for field in fields(said)}
    value: Said = said(**{**own, "groups": _groups(own["groups"])} if "groups" in own else own)
    return value


def _inputs(found: Asked) -> Inputs:
    return Inputs(
        found.run,
        found.command,
        found.selection,
        found.options,
        _groups(found.groups),
        {each.key: each.rendered for group in found.groups for each in group.stacks},
        found.modules,
        found.ground,
        found.origin,
        found.lifted,
        found.resumes,
    )


def _groups(found: Iterable[Group | AskedGroup]) -> Groups:
    return tuple((group.name, tuple(each.key for each in group.stacks)) for group in found)


def schema_texts() -> Mapping[str, str]:
    """The schemas as files: name and content."""
    said = (_shape(kind, name, Streamed) for name, kind in EVENTS.items())
    stream, lines = _one_of((*said, Result)), _one_of(_journal())
    last, kept = {**runs.LATER, "Run": runs.LATER[""]}, {"StackEnded": "checked"}
    return {
        "run.schema.json": text(runs.Run, "What `--format json` prints.", runs.LATER),
        "events.schema.json": text(stream, "One line of what `--json` prints.", last),
        "journal.schema.json": text(lines, "One line of .orchestrator/runs/<run>.journal.", kept),
    }
