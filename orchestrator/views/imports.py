"""What accounts take over, and what their first apply would do, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from orchestrator.model.import_candidates import ImportCandidate, Presence, StackImports
from orchestrator.model.plan import Action
from orchestrator.model.run import StackResult

JSON_VERSION = 1
SHOWN = 3
"""So many resources for the same reason are named one by one."""
MANY = 2
"""So many stacks have a sum."""
Seen = Sequence[StackImports | StackResult]


def text(results: Seen) -> str:
    """A stack after the other: the counts, then all that a person should look at; the sum last."""
    lines = [line for result in results for line in _lines(result)]
    return _printable("\n".join([*lines, *_sum(results)]))


def _sum(results: Seen) -> Iterator[str]:
    if len(results) < MANY:
        return
    found = [result for result in results if isinstance(result, StackImports)]
    counts = {
        "imported": sum(len(each.imports) for each in found),
        "created": sum(each.plan.count(Action.CREATE) for each in found),
        "changed": sum(each.plan.count(Action.UPDATE) for each in found),
        "in the way": sum(len(each.seen(Presence.IN_THE_WAY)) for each in found),
        "not known": sum(len(each.seen(Presence.UNKNOWN)) for each in found),
        "destroyed": sum(len(each.removes) for each in found),
        "stacks without an answer": len(results) - len(found),
    }
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    yield f"{len(results)} stacks: {said or 'nothing to take over, nothing to do'}"


def _lines(result: StackImports | StackResult) -> Iterator[str]:
    title = f"{result.key.account_name}/{result.key.stack}"
    if isinstance(result, StackResult):
        yield f"{title}: {result.outcome}: {result.reason}"
        return
    yield f"{title}: {_counts(result)}"
    for address, id_ in sorted(result.imports.items()):
        yield f"  import     {address} = {id_}"
    for change in result.plan.changes:
        if change.action is Action.UPDATE:
            yield f"  changes    {change.address}: {', '.join(change.attributes)}"
    for candidate in result.seen(Presence.SET):
        yield f"  overwrites {candidate.address}: now {candidate.says}"
    yield from (f"  taken out  {address}" for address in result.held)
    yield from _troubles(result)


def _troubles(result: StackImports) -> Iterator[str]:
    for candidate in result.seen(Presence.IN_THE_WAY):
        yield f"  IN THE WAY {candidate.address}: {candidate.says}"
        yield f"    fix: {candidate.fix}"
    yield from _unknown(result.seen(Presence.UNKNOWN))
    for address in result.removes:
        yield f"  DESTROYS   {address}: the first apply would remove it, and must not be done so"
    if result.removes:
        yield f"    fix: see what differs: orchestrator plan {result.key.account_name}"


def _unknown(candidates: Sequence[ImportCandidate]) -> Iterator[str]:
    """What many have in common is said once."""
    for says in dict.fromkeys(candidate.says for candidate in candidates):
        addresses = [candidate.address for candidate in candidates if candidate.says == says]
        shown = addresses if len(addresses) <= SHOWN else addresses[:1]
        yield from (f"  NOT KNOWN  {address}: {says}" for address in shown)
        if more := len(addresses) - len(shown):
            yield f"  NOT KNOWN  and {more} more like it"


def _counts(result: StackImports) -> str:
    """'3 imported, 12 created, 1 changed'."""
    changed = result.plan.count(Action.UPDATE)
    counts = [
        f"{len(result.imports)} imported",
        f"{result.plan.count(Action.CREATE)} created",
        f"{changed} changed",
    ]
    return ", ".join(counts)


def as_json(results: Seen) -> str:
    """Exactly one document; `version` changes when a key changes its meaning or goes away."""
    stacks = [_document(result) for result in results]
    return json.dumps({"version": JSON_VERSION, "stacks": stacks}, indent=2, ensure_ascii=False)


def _document(result: StackImports | StackResult) -> Mapping[str, object]:
    stack = {
        "account_id": result.key.account_id,
        "account": result.key.account_name,
        "stack": str(result.key.stack),
        "outcome": str(result.outcome),
    }
    if isinstance(result, StackResult):
        return {**stack, "reason": result.reason}
    changes = result.plan.changes
    return {
        **stack,
        "imported": dict(sorted(result.imports.items())),
        "created": [c.address for c in changes if c.action is Action.CREATE],
        "changed": {c.address: list(c.attributes) for c in changes if c.action is Action.UPDATE},
        "removed": list(result.removes),
        "overwritten": _said(result.seen(Presence.SET)),
        "in_the_way": [
            {"address": s.address, "what": s.says, "fix": s.fix}
            for s in result.seen(Presence.IN_THE_WAY)
        ],
        "unknown": _said(result.seen(Presence.UNKNOWN)),
        "taken_out": list(result.held),
    }


def _said(candidates: Sequence[ImportCandidate]) -> Mapping[str, str]:
    return {candidate.address: candidate.says for candidate in candidates}


def _printable(said: str) -> str:
    """What AWS calls things cannot play tricks with the terminal; lines stay lines."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in said)


VIEWS: Mapping[str, Callable[[Seen], str]] = {"text": text, "json": as_json}
