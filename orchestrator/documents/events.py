"""What happens in a run, one JSON document a line: streamed by `--json`, and kept in its journal.

Both are made from the frozen events. Published as schemas/events.schema.json and
schemas/journal.schema.json; a version changes when a key changes its meaning or goes away, new keys
and new events may come at any time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from orchestrator.documents import run as runs
from orchestrator.documents.run import Document, exact, plain, stack, stack_result
from orchestrator.model import events
from orchestrator.model.events import Entry, Inputs, Stored
from orchestrator.model.run import Run, StackResult

VERSION = 2
"""Of the stream. Until 1, a violation was a text."""
JOURNAL_VERSION = 1
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
Said = events.Event | Inputs | Stored | events.Ending
MEASURED = events.GroupEnded | events.Waiting
"""Their seconds are in a journal as they were measured; all others are rounded."""
STREAM_TEXT = json.JSONEncoder(separators=(",", ":"), default=plain).encode
JOURNAL_TEXT = json.JSONEncoder(separators=(",", ":"), default=exact).encode


def streamed(event: events.Event, run: str, at: datetime) -> str:
    """An event of the run with id `run`; without a line end."""
    body = stack_result(event.result) if isinstance(event, events.StackEnded) else _open(event)
    return _streamed(NAMES[type(event)], run, at, _rounded(body))


def last_line(run: Run, at: datetime) -> str:
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


def _ended(result: StackResult) -> dict[str, Any]:
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
