"""A journal as it is on disk, also after a crash."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
from pydantic import TypeAdapter

from orchestrator.adapters.journal import codec
from orchestrator.adapters.journal.codec import key_of
from orchestrator.model.events import Entry, Inputs, Origin
from orchestrator.model.history import History, Status, gather
from orchestrator.model.names import AccountId, StackKey
from orchestrator.model.organization import Place
from orchestrator.model.plan import Action, Change, Plan, Verdict, Violation
from orchestrator.model.run import (
    Answer,
    Checked,
    How,
    Kind,
    Lifted,
    Outcome,
    Probe,
    Run,
    StackResult,
)
from orchestrator.model.settings import Severity

Lives = Callable[[Origin], Status]


def read(file: Path, lives: Lives) -> History:
    """The run that the journal tells of.

    A last line that was torn, or is garbled, is left out; one in the middle too, but `garbled`
    says so, because what it said is lost. Raises ValueError if the first line is not a journal's,
    and OSError.
    """
    lines = file.read_bytes().split(b"\n")
    ends_cleanly = not lines[-1]
    numbered = list(enumerate(lines[:-1] if ends_cleanly else lines, 1))
    entries: list[Entry] = []
    garbled: list[str] = []
    torn = ""
    for number, raw in numbered:
        try:
            entries.append(codec.entry(raw.decode()))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if number == 1:
                raise ValueError(f"its first line cannot be read: {error}") from error
            if number == len(numbered):
                torn = f"line {number} is torn: it is left out"
            else:
                garbled.append(f"line {number} is garbled: {error}")
    return gather(entries, _status(entries, lives), tuple(garbled), torn)


def _status(entries: list[Entry], lives: Lives) -> Status:
    first = entries[0].said if entries else None
    return lives(first.origin) if isinstance(first, Inputs) else Status.UNKNOWN


def this_process(user: str, revision: str) -> Origin:
    """Where this process runs, as a later one can tell whether it still does."""
    own = psutil.Process()
    return Origin(user, socket.gethostname(), own.pid, int(own.create_time()), revision)


def lives(origin: Origin) -> Status:
    """Whether the process is still there; of another machine's processes this is not known."""
    if origin.host != socket.gethostname():
        return Status.UNKNOWN
    try:
        found = psutil.Process(origin.pid)
        same = abs(found.create_time() - origin.born) < 2
        gone = found.status() == psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError):
        return Status.DIED
    return Status.RUNNING if same and not gone else Status.DIED


VERSION = 2
NOWHERE = Path()
VIOLATION = re.compile(
    r"(?P<check>\S+) \((?P<rated>\w+)\) "
    r'(?P<resource>(?:"(?:[^"\\]|\\.)*"|[^":]|:(?! ))+): (?P<summary>.*)',
    re.DOTALL,
)
"""How version 1 wrote it; a key of `for_each` may hold anything in its quotes."""
ADAPTER = TypeAdapter(Violation)


def run(text: str) -> Run:
    """Raises ValueError, KeyError or TypeError for what as_json has not written."""
    document = json.loads(text)
    if document["version"] not in (1, VERSION):
        raise ValueError(f"version {document['version']} is not known here")
    stacks = document["stacks"]
    lifted = document.get("lifted")
    return Run(
        str(document["run"]),
        str(document["command"]),
        str(document["started"]),
        float(document["seconds"]),
        tuple(_result(stack) for stack in stacks),
        lifted and Lifted(str(lifted["reason"]), tuple(map(str, lifted["limits"]))),
        {key_of(stack): str(stack["group"]) for stack in stacks if stack.get("group")},
        dict(_places(stacks)),
        tuple(map(str, document.get("overrides", ()))),
    )


def _places(stacks: Any) -> dict[AccountId, Place]:
    return {
        key_of(stack).account_id: Place(str(stack["file"]), int(stack.get("line") or 0))
        for stack in stacks
        if stack.get("file")
    }


def _result(document: Mapping[str, Any]) -> StackResult:
    outcome, key = Outcome(document["outcome"]), key_of(document)
    refused = tuple(map(str, document["refused"]))
    approved = document["digest"] if outcome is Outcome.PLANNED else None
    return StackResult(
        key,
        outcome,
        _plan(key, outcome, document),
        tuple(map(_violation, document["violations"])),
        Verdict(approved, refused) if refused or approved else None,
        tuple(
            Probe(str(each["what"]), Answer(each["answer"]), str(each["found"]))
            for each in document["probes"]
        ),
        str(document["reason"]),
        {str(stage): float(spent) for stage, spent in document["seconds"].items()},
        _checked(document["checked"]),
    )


def _plan(key: StackKey, outcome: Outcome, document: Mapping[str, Any]) -> Plan | None:
    if document["digest"] is None:
        return None
    numbers = document.get("values") or [0] * len(document["changes"])
    found = tuple(map(_change, document["changes"], numbers))
    drifted = outcome is Outcome.DRIFTED
    changes, drift = ((), found) if drifted else (found, ())
    outputs = outcome in (Outcome.PLANNED, Outcome.APPLIED) and not found
    return Plan(*(key, NOWHERE, NOWHERE, NOWHERE, str(document["digest"])), changes, drift, outputs)


def _change(document: Mapping[str, Any], number: int) -> Change:
    return Change(
        str(document["address"]),
        str(document["type"]),
        Action(document["action"]),
        tuple(map(str, document["attributes"])),
        (("values", str(int(number))),) if number else (),
    )


def _violation(said: object) -> Violation:
    return _written_as_text(said) if isinstance(said, str) else ADAPTER.validate_python(said)


def _written_as_text(text: str) -> Violation:
    found = VIOLATION.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is not a violation")
    rated = None if found["rated"] == "unrated" else Severity(found["rated"])
    return Violation(found["check"], found["resource"], found["summary"], rated)


def _checked(document: Any) -> Checked | None:
    if document is None:
        return None
    return Checked(
        How(document["how"]),
        datetime.fromisoformat(document["exact_at"]),
        str(document["why"]),
        tuple(Kind(each) for each in document["kinds"]),
        *(tuple(map(str, document[n])) for n in ("suppressed", "normalised", "flapping")),
    )
