"""JSON as it comes, read by path. What is not there is None or empty, never an error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

Tree = Mapping[str, object]


def at(tree: object, path: str) -> object:
    """What stands at `a.b.c`; None if anything on the way is missing or not a mapping."""
    for name in path.split("."):
        # Asking for the ABC takes most of the time, and nearly all trees are of dicts.
        if not isinstance(tree, dict) and not isinstance(tree, Mapping):
            return None
        tree = tree.get(name)
    return tree


def text(tree: object, path: str) -> str:
    """The value at `path` as text; JSON where it is not a string, empty where it is not there."""
    return as_text(at(tree, path))


def as_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else compact(value)


def branch(tree: object, path: str) -> Tree:
    """The mapping at `path`, an empty one if there is none; JSON in a string is read."""
    found = at(tree, path)
    if isinstance(found, str):
        found = parsed(found)
    return found if isinstance(found, Mapping) else {}


def items(tree: object, path: str) -> tuple[object, ...]:
    """The list at `path`; a single value is a list of one."""
    found = at(tree, path)
    if found is None:
        return ()
    return tuple(found) if isinstance(found, list | tuple) else (found,)


def parsed(json_text: str) -> object:
    """The JSON in `json_text`, or None if it is not JSON."""
    try:
        value: object = json.loads(json_text)
    except (ValueError, RecursionError):
        return None
    return value


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def strings(value: object) -> Iterator[str]:
    """Every string value in a tree, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def put(tree: dict[str, object], path: str, value: object) -> None:
    """Set the value at `a.b.c`, making the mappings on the way."""
    *way, last = path.split(".")
    for name in way:
        inner = tree.setdefault(name, {})
        assert isinstance(inner, dict)  # noqa: S101
        tree = inner
    tree[last] = value
