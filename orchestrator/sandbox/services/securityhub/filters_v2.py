"""Findings in OCSF by their fields. Source: API model of Security Hub, OcsfFindingFilters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.securityhub.filters import NUMBERS, STRINGS

Test = Callable[[Any, Json], bool]


def matches(finding: Json, filters: Json | None) -> bool:
    """Whether a finding passes; without filters every finding does."""
    composites = (filters or {}).get("CompositeFilters") or []
    found = [_composite(finding, each) for each in composites]
    return _joined(found, (filters or {}).get("CompositeOperator"))


def _joined(found: list[bool], operator: str | None) -> bool:
    return not found or (any(found) if operator == "OR" else all(found))


def _composite(finding: Json, composite: Json) -> bool:
    found = [
        _field(finding, each, test)
        for name, test in TESTS.items()
        for each in composite.get(name) or ()
    ]
    found += [_composite(finding, each) for each in composite.get("NestedCompositeFilters") or ()]
    return _joined(found, composite.get("Operator"))


def _field(finding: Json, wanted: Json, test: Test) -> bool:
    values = list(_values(finding, wanted["FieldName"].split(".")))
    negative = str(wanted["Filter"].get("Comparison", "")).find("NOT") >= 0
    tested = (test(value, wanted["Filter"]) for value in values)
    return all(tested) if negative else any(tested)


def _values(node: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(node, list):
        for item in node:
            yield from _values(item, path)
    elif not path:
        yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from _values(node[path[0]], path[1:])


def _text(value: Any, wanted: Json) -> bool:
    return STRINGS[wanted.get("Comparison", "EQUALS")](str(value), wanted["Value"])


def _number(value: Any, wanted: Json) -> bool:
    return all(NUMBERS[key](float(value), limit) for key, limit in wanted.items())


TESTS: dict[str, Test] = {
    "StringFilters": _text,
    "NumberFilters": _number,
    "BooleanFilters": lambda value, wanted: bool(value) is wanted["Value"],
}
