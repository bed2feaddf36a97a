"""The values of a plan, reduced to whether they are the same as in another account."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TypeAlias

from orchestrator.model.likeness import Own
from orchestrator.model.plan import Action

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"

DERIVED = frozenset({"tags_all"})
"""The provider's default tags are the account's own, and reviewed where they are written."""
LENGTH = 24
"""Hexadecimal digits: enough that two values are never taken for one by chance."""


def likeness(
    action: Action, attributes: tuple[str, ...], change: Mapping[str, Json], own: Own
) -> tuple[tuple[str, str], ...]:
    """A digest of each value that the change sets, the account's own id and name taken out.

    All values of what is made; of what is changed only those that differ, because others, such as
    generated ids, are never the same. What goes is known by its address.
    """
    sides = [_side(change.get(side)) for side in ("before", "after", "after_unknown")]
    match action:
        case Action.CREATE:
            names = {*sides[1], *sides[2]}
        case Action.UPDATE | Action.REPLACE:
            names = {*attributes}
        case _:
            names = set()
    return tuple(
        (name, _digest([side.get(name) for side in sides], own)) for name in sorted(names - DERIVED)
    )


def written_otherwise(attributes: tuple[str, ...], change: Mapping[str, Json]) -> bool:
    """Whether each attribute is empty before and after, and only the kind of nothing differs.

    Providers fill in null, "", [] or {} as they come to read a resource otherwise; nothing has
    changed in AWS then. false and 0 are values, and never taken for nothing.
    """
    before, after = _side(change.get("before")), _side(change.get("after"))
    unknown = _side(change.get("after_unknown"))
    return bool(attributes) and all(
        _nothing(before.get(name)) and _nothing(after.get(name)) and not unknown.get(name)
        for name in attributes
    )


def _nothing(value: Json) -> bool:
    if isinstance(value, dict):
        return all(map(_nothing, value.values()))
    return value is None or value in ("", [])


def _side(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _digest(values: list[Json], own: Own) -> str:
    text = own.neutral(json.dumps(values, sort_keys=True, ensure_ascii=False))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]
