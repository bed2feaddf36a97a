"""A run's result, as `--format json` prints it and as it is kept.

`VERSION` changes when a key changes its meaning or goes away; new keys may come at any time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from orchestrator.model.names import StackKey
from orchestrator.model.plan import Change, Own
from orchestrator.model.run import Outcome, Run, StackResult

VERSION = 2
"""Until 1, a violation was a text."""
Document = Mapping[str, Any]
CHANGE = ("address", "type", "action", "attributes", "values", "more")
"""What is said of a change; of values, what Terraform does not mark as sensitive."""


def as_json(run: Run) -> str:
    """Exactly one document."""
    return json.dumps(document(run), indent=2, default=plain)


def document(run: Run) -> Document:
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


def _place(run: Run, result: StackResult) -> Document:
    place = run.configured_at.get(result.key.account_id)
    return {"file": place and place.file, "line": place and place.line}


def stack(key: StackKey) -> dict[str, Any]:
    """The keys that say which stack."""
    return {"account_id": key.account_id, "account": key.account_name, "stack": str(key.stack)}


def stack_result(result: StackResult) -> dict[str, Any]:
    """A stack's result: the keys of `shapes.StackResult`."""
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


def changes_of(result: StackResult) -> tuple[Change, ...]:
    """What would change, or what others have changed."""
    if result.plan is None:
        return ()
    return result.plan.drift if result.outcome is Outcome.DRIFTED else result.plan.changes


def numbered_values(results: Iterable[StackResult]) -> Mapping[StackKey, tuple[int, ...]]:
    """For each change of a stack a number from 0 on, the same where change and values are equal.

    So others can tell classes apart without the digests of values, which are not for them.
    """
    seen: dict[Change, list[tuple[tuple[str, str], ...]]] = {}
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


def plain(value: Any) -> Any:
    """For `json.dumps`: frozen values by their fields, times in ISO 8601 to the second."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else exact(value)


def exact(value: Any) -> Any:
    """The same, with times as exact as they are."""
    if isinstance(value, datetime):
        return value.isoformat()
    return {name: getattr(value, name) for name in value.__dataclass_fields__}
