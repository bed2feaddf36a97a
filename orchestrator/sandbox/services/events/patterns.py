"""Event patterns, looked for inside arrays of objects too.

`detail.findings.Severity.Label` is the shape of every Security Hub rule, and `findings` is an
array: a pattern matches if one element has all that it asks of an element, each of its fields
with one of its values.
Source: EventBridge user guide, "Matching arrays in event patterns"; aws/event-ruler, "Ruler
supports array consistency".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from moto.events.models import UNDEFINED

from orchestrator.sandbox.extend import Json


def matches_event(_: Callable[..., bool], self: Any, event: Json) -> bool:
    """What `EventPattern.matches_event` answers."""
    pattern = self.get_pattern()
    return not pattern or _matches(self, event, pattern)


def _matches(self: Any, node: Any, pattern: Json) -> bool:
    if isinstance(node, list) and node:
        return any(_matches(self, element, pattern) for element in node)
    return all(_field(self, node, key, wanted) for key, wanted in pattern.items())


def _field(self: Any, node: Any, key: str, wanted: Any) -> bool:
    if key == "$or":
        return any(_matches(self, node, choice) for choice in wanted)
    found = node.get(key, UNDEFINED) if isinstance(node, dict) else UNDEFINED
    if isinstance(wanted, dict):
        return _matches(self, found, wanted)
    values = list(_values(found)) or [UNDEFINED]
    return any(self._does_item_match_filters(value, wanted) for value in values)


def _values(node: Any) -> Iterator[Any]:
    """Every leaf of a field; none if it is an empty list."""
    if isinstance(node, list):
        for item in node:
            yield from _values(item)
    else:
        yield node
