"""A run's result, as `--format json` prints it and as it is kept.

`VERSION` changes when a key changes its meaning or goes away; new keys may come at any time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.documents.schemas import one_line, plain
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.organization import Place
from orchestrator.model.plan import Action, Own, Plan, Verdict, Violation
from orchestrator.model.plan import Change as PlannedChange
from orchestrator.model.run import Checked, Lifted, Outcome, Probe
from orchestrator.model.run import Run as Ran
from orchestrator.model.run import StackResult as Result
from orchestrator.model.settings import Severity

VERSION = 2
"""Until 1, a violation was a text."""
Document = Mapping[str, Any]
LATER = {"": "overrides", "Violation": "severity"}
"""Shape → the key that its older documents do not have; the run itself is ''."""
NOWHERE = Path()
VIOLATION = re.compile(
    r"(?P<check>\S+) \((?P<rated>\w+)\) "
    r'(?P<resource>(?:"(?:[^"\\]|\\.)*"|[^":]|:(?! ))+): (?P<summary>.*)',
    re.DOTALL,
)
"""How version 1 wrote it; a key of `for_each` may hold anything in its quotes."""


class Shape(BaseModel):
    """A document without keys that are not said here."""

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )


class Change(Shape):
    """A change of a plan; values are never in it."""

    address: str
    type: str
    action: Action
    attributes: tuple[str, ...]


CHANGE = tuple(Change.model_fields)


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


def as_json(run: Ran) -> str:
    """Exactly one document."""
    return json.dumps(document(run), indent=2, default=plain)


def document(run: Ran) -> Document:
    """The same, before it is text."""
    numbers = numbered_values(run.results)
    return {
        "version": VERSION,
        "run": run.id,
        "command": run.command,
        "started": run.started,
        "seconds": round(run.seconds, 3),
        "exit_code": run.exit_code,
        "lifted": run.lifted,
        "overrides": run.overrides,
        "stacks": [
            {
                **stack_result(result),
                "group": run.group_of.get(result.key),
                "values": numbers[result.key],
                **_place(run, result),
            }
            for result in run.results
        ],
    }


def _place(run: Ran, result: Result) -> Document:
    place = run.configured_at.get(result.key.account_id)
    return {"file": place and place.file, "line": place and place.line}


def stack(key: StackKey) -> dict[str, Any]:
    """The keys that say which stack."""
    return {"account_id": key.account_id, "account": key.account_name, "stack": str(key.stack)}


def key_of(document: object) -> StackKey:
    """Which stack a document is about. Raises ValueError."""
    with one_line():
        return Stack.model_validate(document, extra="ignore").key


def stack_result(result: Result) -> dict[str, Any]:
    """A stack's result: the keys of `StackResult`."""
    return {
        **stack(result.key),
        "outcome": result.outcome,
        "reason": result.reason,
        "digest": result.plan.digest if result.plan else None,
        "changes": [{key: getattr(change, key) for key in CHANGE} for change in changes_of(result)],
        "violations": result.violations,
        "refused": result.verdict.reasons if result.verdict else (),
        "probes": result.probes,
        "checked": result.checked,
        "seconds": {stage: round(spent, 3) for stage, spent in result.seconds.items()},
    }


def changes_of(result: Result) -> tuple[PlannedChange, ...]:
    """What would change, or what others have changed."""
    if result.plan is None:
        return ()
    return result.plan.drift if result.outcome is Outcome.DRIFTED else result.plan.changes


def numbered_values(results: Iterable[Result]) -> Mapping[StackKey, tuple[int, ...]]:
    """For each change of a stack a number from 0 on, the same where change and values are equal.

    So others can tell classes apart without the digests of values, which are not for them.
    """
    seen: dict[PlannedChange, list[tuple[tuple[str, str], ...]]] = {}
    numbers = {}
    for result in results:
        own = Own(result.key.account_id, result.key.account_name)
        found = []
        for change in changes_of(result):
            known = seen.setdefault(
                replace(change, address=own.neutral_address(change.address)), []
            )
            if change.normalized not in known:
                known.append(change.normalized)
            found.append(known.index(change.normalized))
        numbers[result.key] = tuple(found)
    return numbers


def read(text: str) -> Ran:
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
    return PlannedChange(said.address, said.type, said.action, said.attributes, values)
