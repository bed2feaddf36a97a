"""Events as JSON, one document a line; the last line of a run is its result.

Published as schemas/events.schema.json. `version` changes when a key changes its meaning or goes
away; new keys and new events may come at any time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

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
from orchestrator.model.run import Run
from orchestrator.views.run import as_json, stack_document

VERSION = 2
"""Until 1, a violation was a text."""

Document = Mapping[str, object]


def line(event: Event, run: str, at: datetime) -> str:
    """An event of the run with id `run`; without a line end."""
    return _line(run, at, _document(event))


def last_line(run: Run, at: datetime) -> str:
    """The result: in `result` what `--format json` prints."""
    return _line(run.id, at, {"event": "result", "result": json.loads(as_json(run))})


def _line(run: str, at: datetime, document: Document) -> str:
    head = {"version": VERSION, "at": at.isoformat(timespec="milliseconds"), "run": run}
    return json.dumps({**head, **document}, separators=(",", ":"))


def _document(event: Event) -> Document:
    said: Document
    match event:
        case RunStarted(_, command, groups):
            said = {
                "event": "run_started",
                "command": command,
                "groups": [
                    {"name": name, "stacks": [_stack(key) for key in keys]} for name, keys in groups
                ],
            }
        case GroupStarted(name, stacks):
            said = {"event": "group_started", "name": name, "stacks": stacks}
        case GroupEnded(name, failed, seconds):
            said = {
                "event": "group_ended",
                "name": name,
                "failed": failed,
                "seconds": _seconds(seconds),
            }
        case StageStarted(key, stage):
            said = {"event": "stage_started", **_stack(key), "stage": stage}
        case StageEnded(key, stage, seconds, note):
            ended = {"stage": stage, "seconds": _seconds(seconds), "note": note}
            said = {"event": "stage_ended", **_stack(key), **ended}
        case Planned(key, digest, state):
            said = {"event": "planned", **_stack(key), "digest": digest, "state": state}
        case StackEnded(result):
            said = {"event": "stack_ended", **stack_document(result)}
        case Waiting(why, seconds):
            said = {"event": "waiting", "why": why, "seconds": _seconds(seconds)}
        case Halted(why):
            said = {"event": "halted", "why": why}
    return said


def _stack(key: StackKey) -> Document:
    return {"account_id": key.account_id, "account": key.account_name, "stack": str(key.stack)}


def _seconds(seconds: float) -> float:
    return round(seconds, 3)
