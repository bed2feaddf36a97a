"""Event patterns, looked for inside arrays of objects too.

`detail.findings.Severity.Label` is the shape of every Security Hub rule, and `findings` is an
array: a pattern matches if any element has a value that does.
Source: EventBridge user guide, "Matching arrays in event patterns".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from moto.events.models import UNDEFINED

from orchestrator.sandbox.extend import Json


def matches_event(_: Callable[..., bool], self: Any, event: Json) -> bool:
    """What `EventPattern.matches_event` answers."""
    pattern = self.get_pattern()
    return not pattern or _matches(self, event, pattern, ())


def _matches(self: Any, event: Json, pattern: Json, path: tuple[str, ...]) -> bool:
    return all(_field(self, event, key, wanted, path) for key, wanted in pattern.items())


def _field(self: Any, event: Json, key: str, wanted: Any, path: tuple[str, ...]) -> bool:
    if key == "$or":
        return any(_matches(self, event, choice, path) for choice in wanted)
    if isinstance(wanted, dict):
        return _matches(self, event, wanted, (*path, key))
    values = list(_values(event, (*path, key))) or [UNDEFINED]
    return any(self._does_item_match_filters(value, wanted) for value in values)


def _values(node: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Every leaf at `path`; none if the field is absent."""
    if isinstance(node, list):
        for item in node:
            yield from _values(item, path)
    elif not path:
        yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from _values(node[path[0]], path[1:])
