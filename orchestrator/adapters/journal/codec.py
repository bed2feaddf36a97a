"""A journal's lines as JSON. A line says its version, its time and its event.

`VERSION` changes when a key changes its meaning or goes away.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from orchestrator.model.events import (
    Ending,
    Entry,
    GroupEnded,
    Groups,
    GroupStarted,
    Halted,
    Inputs,
    Origin,
    Planned,
    RunStarted,
    StackEnded,
    StageEnded,
    StageStarted,
    Stored,
    ToolVersions,
    Waiting,
)
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.plan import Verdict
from orchestrator.model.run import Checked, How, Kind, Lifted, Outcome, StackResult

VERSION = 1
Document = Mapping[str, Any]


def line(entry: Entry) -> str:
    """One line, without its end."""
    name, body = _NAMED[type(entry.said)]
    head = {"v": VERSION, "at": entry.at.astimezone(UTC).isoformat(), "event": name}
    return json.dumps({**head, **body(entry.said)}, separators=(",", ":"))


def entry(text: str) -> Entry:
    """What a line says. Raises ValueError, KeyError or TypeError for any that is not ours."""
    document = json.loads(text)
    if document["v"] != VERSION:
        raise ValueError(f"version {document['v']} is not known here")
    at = datetime.fromisoformat(document["at"])
    if at.tzinfo is None:
        raise ValueError("its time has no zone")
    return Entry(at, READ[document["event"]](document))


def key_document(key: StackKey) -> Document:
    return {"account_id": key.account_id, "account": key.account_name, "stack": str(key.stack)}


def key_of(document: Document) -> StackKey:
    return StackKey(
        AccountId(str(document["account_id"])),
        str(document["account"]),
        StackName(document["stack"]),
    )


def _groups(groups: Groups) -> list[Document]:
    return [{"name": name, "stacks": [key_document(k) for k in keys]} for name, keys in groups]


def _groups_of(documents: list[Document]) -> Groups:
    return tuple(
        (str(group["name"]), tuple(key_of(stack) for stack in group["stacks"]))
        for group in documents
    )


def _inputs(said: Inputs) -> Document:
    groups = [
        {
            "name": name,
            "stacks": [{**key_document(k), "rendered": said.rendered.get(k, "")} for k in keys],
        }
        for name, keys in said.groups
    ]
    return {
        "run": said.run,
        "command": said.command,
        "selection": said.selection,
        "options": dict(said.options),
        "groups": groups,
        "modules": dict(said.modules),
        "ground": asdict(said.tool_versions),
        "origin": asdict(said.origin),
        "lifted": said.lifted and {"reason": said.lifted.reason, "limits": [*said.lifted.limits]},
        "resumes": said.resumes,
    }


def _inputs_of(document: Document) -> Inputs:
    lifted = document["lifted"]
    return Inputs(
        str(document["run"]),
        str(document["command"]),
        str(document["selection"]),
        dict(document["options"]),
        _groups_of(document["groups"]),
        {key_of(s): str(s["rendered"]) for g in document["groups"] for s in g["stacks"]},
        dict(document["modules"]),
        ToolVersions(**document["ground"]),
        Origin(**document["origin"]),
        lifted and Lifted(str(lifted["reason"]), tuple(lifted["limits"])),
        str(document["resumes"]),
    )


def _result(said: StackEnded) -> Document:
    """What a plan changes is in the run's own document; here is what came of it."""
    result = said.result
    return {
        **key_document(result.key),
        "outcome": str(result.outcome),
        "reason": result.reason,
        "refused": [*result.verdict.reasons] if result.verdict else [],
        "checked": _checked(result.checked) if result.checked else None,
        "seconds": {stage: round(spent, 3) for stage, spent in result.seconds.items()},
    }


def _result_of(document: Document) -> StackEnded:
    refused = tuple(map(str, document["refused"]))
    return StackEnded(
        StackResult(
            key_of(document),
            Outcome(document["outcome"]),
            verdict=Verdict(None, refused) if refused else None,
            reason=str(document["reason"]),
            seconds={str(stage): float(spent) for stage, spent in document["seconds"].items()},
            # Journals of older versions do not have it.
            checked=_checked_of(checked) if (checked := document.get("checked")) else None,
        )
    )


def _checked(checked: Checked) -> Document:
    return {**asdict(checked), "exact_at": checked.exact_at.isoformat()}


def _checked_of(document: Document) -> Checked:
    return Checked(
        How(document["how"]),
        datetime.fromisoformat(document["exact_at"]),
        str(document["why"]),
        tuple(map(Kind, document["kinds"])),
        *(tuple(map(str, document[name])) for name in ("suppressed", "normalised", "flapping")),
    )


def _ending(said: Ending) -> Document:
    return {
        "exit_code": said.exit_code,
        "counts": {str(outcome): count for outcome, count in said.counts.items()},
        "seconds": round(said.seconds, 3),
        "error": said.error,
    }


def _ending_of(document: Document) -> Ending:
    counts = {Outcome(name): int(count) for name, count in document["counts"].items()}
    return Ending(
        int(document["exit_code"]), counts, float(document["seconds"]), str(document["error"])
    )


_NAMED: Mapping[type, tuple[str, Callable[[Any], Document]]] = {
    Inputs: ("asked", _inputs),
    RunStarted: (
        "run_started",
        lambda said: {"run": said.run, "command": said.command, "groups": _groups(said.groups)},
    ),
    GroupStarted: ("group_started", asdict),
    GroupEnded: ("group_ended", asdict),
    StageStarted: ("stage_started", lambda said: {**key_document(said.key), "stage": said.stage}),
    StageEnded: (
        "stage_ended",
        lambda said: {
            **key_document(said.key),
            "stage": said.stage,
            "seconds": round(said.seconds, 3),
            "note": said.note,
        },
    ),
    Planned: (
        "planned",
        lambda said: {**key_document(said.key), "digest": said.digest, "state": said.state},
    ),
    StackEnded: ("stack_ended", _result),
    Waiting: ("waiting", asdict),
    Halted: ("halted", asdict),
    Stored: ("plans_stored", asdict),
    Ending: ("ended", _ending),
}

READ: Mapping[str, Callable[[Document], Any]] = {
    "asked": _inputs_of,
    "run_started": lambda d: RunStarted(str(d["run"]), str(d["command"]), _groups_of(d["groups"])),
    "group_started": lambda d: GroupStarted(str(d["name"]), int(d["stacks"])),
    "group_ended": lambda d: GroupEnded(str(d["name"]), int(d["failed"]), float(d["seconds"])),
    "stage_started": lambda d: StageStarted(key_of(d), str(d["stage"])),
    "stage_ended": lambda d: StageEnded(
        key_of(d), str(d["stage"]), float(d["seconds"]), str(d["note"])
    ),
    "planned": lambda d: Planned(key_of(d), str(d["digest"]), str(d["state"])),
    "stack_ended": _result_of,
    "waiting": lambda d: Waiting(str(d["why"]), float(d["seconds"])),
    "halted": lambda d: Halted(str(d["why"])),
    "plans_stored": lambda d: Stored(str(d["manifest"])),
    "ended": _ending_of,
}
"""What each event's line is read by."""
