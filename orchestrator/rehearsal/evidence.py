"""What the sandbox's log of requests proves: who was touched, and what was created how often."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Entry = Mapping[str, object]

READING = ("Get", "List", "Describe", "Head", "BatchGet", "Lookup", "Simulate", "Assume")
"""How the names of operations begin that change nothing."""

TOKENS = frozenset({"ClientToken", "ClientRequestToken", "CreatorRequestId", "IdempotencyToken"})
"""Drawn anew for each request; two requests that differ in nothing else make the same thing."""

EXISTS = ("AlreadyExists", "EntityAlreadyExists", "ResourceConflict", "Duplicate", "AlreadyOwned")


@dataclass(frozen=True, slots=True)
class Evidence:
    """`touched` are accounts by the number of successful changes; `twice` names what was created
    more than once; `met` what a create found there already.
    """

    requests: int
    refused: Mapping[str, int]
    touched: Mapping[str, int]
    creates: int
    twice: tuple[str, ...]
    met: tuple[str, ...]


def gathered(entries: Iterable[Entry], roles: frozenset[str]) -> Evidence:
    """Read the log once. `roles` are the names of the roles that change accounts."""
    requests = 0
    refused, touched = Counter[str](), Counter[str]()
    creates, met = Counter[str](), Counter[str]()
    for entry in entries:
        requests += 1
        if error := str(entry.get("error") or ""):
            refused[error] += 1
        if not _changes(entry, roles):
            continue
        if not error:
            touched[str(entry["account"])] += 1
        if str(entry["operation"]).startswith("Create"):
            if not error:
                creates[_thing(entry)] += 1
            elif any(word in error for word in EXISTS):
                met[_thing(entry)] += 1
    twice = tuple(f"{thing}: {count} times" for thing, count in creates.items() if count > 1)
    return Evidence(requests, refused, touched, sum(creates.values()), twice, tuple(met))


def _changes(entry: Entry, roles: frozenset[str]) -> bool:
    role = str(entry.get("role")).rpartition("/")[2]
    return role in roles and not str(entry.get("operation")).startswith(READING)


def _thing(entry: Entry) -> str:
    """What a create makes: account, region, call, and all that was said but tokens."""
    said = entry.get("parameters")
    known = said if isinstance(said, Mapping) else {}
    kept = {name: value for name, value in known.items() if name not in TOKENS}
    where = f"{entry.get('account')} {entry.get('region')}"
    what = json.dumps(kept, sort_keys=True, default=str)
    return f"{where} {entry.get('service')}:{entry.get('operation')} {what}"
