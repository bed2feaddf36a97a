"""May the rest of a run be done as it was asked? Pure; every reason why not is said at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.model.events import Groups, Inputs
from orchestrator.model.history import History, Status
from orchestrator.model.names import StackKey
from orchestrator.rollout import reviewed

HANDFUL = 5


@dataclass(frozen=True, slots=True)
class Findings:
    """`obstacles` keep a run from being resumed; `notes` are said, and nothing more."""

    obstacles: tuple[str, ...]
    notes: tuple[str, ...]


def watched(before: History) -> tuple[StackKey, ...]:
    """The stacks whose state must be where it was when they were planned.

    Not those whose apply had started: that may have moved it, and they are planned again.
    """
    return tuple(
        key
        for key in before.unsettled
        if before.stacks[key].state and not before.stacks[key].applying
    )


def judge(before: History, now: Inputs, states: Mapping[StackKey, str]) -> Findings:
    """Compare what the run was asked with what would be done now.

    `now` has the stacks that are left, and `states` what is `watched`.
    """
    obstacles = (
        *_over(before),
        *reviewed.tool_versions(before.inputs.tool_versions, now.tool_versions),
        *reviewed.modules(before.inputs.modules, now.modules),
        *_configured(before, now),
        *_grouped(before.inputs.groups, now.groups),
        *_moved(before, states),
    )
    return Findings(obstacles, tuple(_notes(before)))


def _over(before: History) -> Iterator[str]:
    origin = before.inputs.origin
    if before.status is Status.RUNNING:
        yield f"it is still running, as process {origin.pid}"
    if not before.unsettled:
        yield "nothing is left of it to do"
    yield from (f"its journal cannot be trusted: {line}" for line in before.garbled)
    if not before.inputs.rendered:
        yield "it has left no journal, so its inputs are not known"


def _configured(before: History, now: Inputs) -> Iterator[str]:
    ids = {(key.account_id, key.stack) for key in now.keys}
    gone = [key for key in before.unsettled if (key.account_id, key.stack) not in ids]
    if gone:
        yield f"not configured any more: {_listed(gone)}"
    changed = [
        key
        for key in before.unsettled
        if key in now.rendered and before.inputs.rendered.get(key) != now.rendered[key]
    ]
    if changed:
        yield f"configuration or modules have changed for {_listed(changed)}"


def _grouped(before: Groups, now: Groups) -> Iterator[str]:
    was = {key: name for name, keys in before for key in keys}
    moved = [(key, name) for name, keys in now for key in keys if was.get(key, name) != name]
    for key, name in moved[:HANDFUL]:
        yield f"{_title(key)} was in '{was[key]}', is in '{name}'"
    if len(moved) > HANDFUL:
        yield f"and {len(moved) - HANDFUL} more stacks are in another wave"
    both = {name for name, _ in before} & {name for name, _ in now}
    if [name for name, _ in before if name in both] != [name for name, _ in now if name in both]:
        yield "the waves come in another order"


def _moved(before: History, states: Mapping[StackKey, str]) -> Iterator[str]:
    for key in watched(before):
        for said in reviewed.state(before.stacks[key].state, states[key]):
            yield f"{_title(key)}: {said}"


def _notes(before: History) -> Iterator[str]:
    origin = before.inputs.origin
    if before.status is Status.UNKNOWN:
        yield (
            f"it has not said how it ended, and ran on '{origin.host}' as process {origin.pid}: "
            "make sure that it is over"
        )
    for key in before.unsettled:
        if before.stacks[key].applying:
            yield f"{_title(key)}: its apply had started; it is planned and judged again"
    if before.torn:
        yield f"of its journal {before.torn}"


def _title(key: StackKey) -> str:
    return f"{key.account_name}/{key.stack}"


def _listed(keys: Sequence[StackKey]) -> str:
    names = ", ".join(map(_title, keys[:HANDFUL]))
    return f"{names} and {len(keys) - HANDFUL} more" if len(keys) > HANDFUL else names
