"""What is wrong with an event pattern.

Source: Amazon EventBridge User Guide, "Comparison operators for use in event patterns".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_network

NUMERIC = ("<", "<=", "=", ">", ">=")
Holds = Callable[[object], bool]


def wrong_pattern(text: str) -> str:
    """Why EventBridge does not take it; '' when it does."""
    try:
        pattern = json.loads(text)
    except ValueError:
        return "Filter is not an object"
    if not isinstance(pattern, dict):
        return "Filter is not an object"
    if not pattern:
        return "Empty event pattern"
    return _object(pattern)


def _object(pattern: Mapping[str, object]) -> str:
    for name, value in pattern.items():
        if name == "$or" and isinstance(value, list):
            found = _choices(value)
        elif isinstance(value, dict):
            found = _object(value) if value else "Empty objects are not allowed"
        elif isinstance(value, list):
            found = _values(value)
        else:
            found = f'"{name}" must be an object or an array'
        if found:
            return found
    return ""


def _choices(choices: Sequence[object]) -> str:
    if len(choices) < 2 or not all(isinstance(one, dict) for one in choices):
        return "There must have at least 2 Objects in $or relationship"
    return next((wrong for one in choices if isinstance(one, dict) and (wrong := _object(one))), "")


def _values(values: Sequence[object]) -> str:
    if not values:
        return "Empty arrays are not allowed"
    for value in values:
        if isinstance(value, list):
            return "Match value must be String, number, true, false, or null"
        if isinstance(value, dict):
            if len(value) != 1:
                return "Only one key allowed in match expression"
            name, wanted = next(iter(value.items()))
            holds = OPERATORS.get(name)
            if holds is None:
                return f"Unrecognized match type {name}"
            if not holds(wanted):
                return f"{name} match pattern is not valid"
    return ""


def _text(value: object) -> bool:
    return isinstance(value, str)


def _text_or_case(value: object) -> bool:
    if isinstance(value, dict):
        return set(value) == {"equals-ignore-case"} and _text(value["equals-ignore-case"])
    return isinstance(value, str) and bool(value)


def _anything(value: object) -> bool:
    if isinstance(value, dict):
        known = {"prefix", "suffix", "equals-ignore-case", "wildcard"}
        return len(value) == 1 and set(value) <= known
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, str | int | float) for one in value)
    return isinstance(value, str | int | float)


def _number(value: object) -> bool:
    if not isinstance(value, list) or len(value) not in (2, 4):
        return False
    operators, numbers = value[::2], value[1::2]
    return all(one in NUMERIC for one in operators) and all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in numbers
    )


def _exists(value: object) -> bool:
    return isinstance(value, bool)


def _cidr(value: object) -> bool:
    try:
        ip_network(str(value), strict=False)
    except ValueError:
        return False
    return "/" in str(value)


def _wildcard(value: object) -> bool:
    return isinstance(value, str) and "**" not in value


OPERATORS: Mapping[str, Holds] = {
    "prefix": _text_or_case,
    "suffix": _text_or_case,
    "equals-ignore-case": _text,
    "wildcard": _wildcard,
    "anything-but": _anything,
    "numeric": _number,
    "exists": _exists,
    "cidr": _cidr,
}
