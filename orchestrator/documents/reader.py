"""Runs and lines of journals, read back, also those of older versions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from orchestrator.documents.events import Said
from orchestrator.documents.run import VERSION, Document
from orchestrator.documents.shapes import (
    Asked,
    AskedGroup,
    Change,
    Group,
    GroupedStack,
    Run,
    Stack,
    StackEnded,
    journal,
    one_of,
)
from orchestrator.model import events
from orchestrator.model.events import Entry, Groups, Inputs
from orchestrator.model.names import AccountId, StackKey
from orchestrator.model.organization import Place
from orchestrator.model.plan import Change as PlannedChange
from orchestrator.model.plan import Plan, Verdict, Violation
from orchestrator.model.run import Outcome
from orchestrator.model.run import Run as Ran
from orchestrator.model.run import StackResult as Result
from orchestrator.model.settings import Severity

NOWHERE = Path()
VIOLATION = re.compile(
    r"(?P<check>\S+) \((?P<rated>\w+)\) "
    r'(?P<resource>(?:"(?:[^"\\]|\\.)*"|[^":]|:(?! ))+): (?P<summary>.*)',
    re.DOTALL,
)
"""How version 1 wrote it; a key of `for_each` may hold anything in its quotes."""


def run(text: str) -> Ran:
    """The run that a document tells of, also one of an older version. Raises ValueError."""
    with one_line():
        said = Run.model_validate(_upgraded(json.loads(text)), extra="ignore")
    return Ran(
        said.run,
        said.command,
        said.started,
        said.seconds,
        tuple(map(_result, said.stacks)),
        said.lifted,
        {each.key: each.group for each in said.stacks if each.group},
        {
            AccountId(each.account_id): Place(each.file, each.line or 0)
            for each in said.stacks
            if each.file
        },
        said.overrides,
    )


def _upgraded(document: Any) -> Document:
    """As the newest version writes it: keys that are younger than the document are empty."""
    if not isinstance(document, dict) or document.get("version") not in (1, VERSION):
        version = document.get("version") if isinstance(document, dict) else document
        raise ValueError(f"version {version} is not known here")
    return {
        "lifted": None,
        **document,
        "version": VERSION,
        "stacks": [_upgraded_stack(each) for each in document["stacks"]],
    }


def _upgraded_stack(document: Any) -> Document:
    absent = {"group": None, "values": (), "file": None, "line": None, "checked": None}
    said = {**absent, "probes": (), **document}
    return {**said, "violations": [_violation(each) for each in said["violations"]]}


def _violation(said: object) -> object:
    if not isinstance(said, str):
        return said
    found = VIOLATION.fullmatch(said)
    if found is None:
        raise ValueError(f"'{said}' is not a violation")
    rated = None if found["rated"] == "unrated" else Severity(found["rated"])
    return Violation(found["check"], found["resource"], found["summary"], rated)


def _result(said: GroupedStack) -> Result:
    approved = said.digest if said.outcome is Outcome.PLANNED else None
    return Result(
        said.key,
        said.outcome,
        _plan(said),
        said.violations,
        Verdict(approved, said.refused) if said.refused or approved else None,
        said.probes,
        said.reason,
        said.seconds,
        said.checked,
    )


def _plan(said: GroupedStack) -> Plan | None:
    """As much of it as a document has: no values, and no files."""
    if said.digest is None:
        return None
    found = tuple(map(_change, said.changes, said.values or [0] * len(said.changes)))
    changes, drift = ((), found) if said.outcome is Outcome.DRIFTED else (found, ())
    outputs = said.outcome in (Outcome.PLANNED, Outcome.APPLIED) and not found
    return Plan(*(said.key, NOWHERE, NOWHERE, NOWHERE, said.digest), changes, drift, outputs)


def _change(said: Change, number: int) -> PlannedChange:
    values = (("values", str(number)),) if number else ()
    return PlannedChange(
        said.address,
        said.type,
        said.action,
        said.attributes,
        values,
        values=said.values,
        more=said.more,
    )


def key_of(document: object) -> StackKey:
    """Which stack a document is about. Raises ValueError."""
    with one_line():
        return Stack.model_validate(document, extra="ignore").key


def entry(text: str) -> Entry:
    """What a line of a journal says. Raises ValueError for any that is not ours."""
    with one_line():
        found = _reader().validate_python(json.loads(text), extra="ignore")
    at = datetime.fromisoformat(found.at)
    if at.tzinfo is None:
        raise ValueError("its time has no zone")
    return Entry(at, _value(found))


def _value(found: Any) -> Said:
    if isinstance(found, Asked):
        return _inputs(found)
    if isinstance(found, StackEnded):
        verdict = Verdict(None, found.refused) if found.refused else None
        rest = {name: getattr(found, name) for name in ("reason", "seconds", "checked")}
        return events.StackEnded(Result(found.key, found.outcome, verdict=verdict, **rest))
    said = journal()[type(found)]
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


@cache
def _reader() -> TypeAdapter[Any]:
    return TypeAdapter(one_of(journal()))


@contextmanager
def one_line() -> Iterator[None]:
    """The first thing that is wrong with a document, as a ValueError of one line."""
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from error
