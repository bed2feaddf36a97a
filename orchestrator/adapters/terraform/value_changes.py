"""What a plan shows of the values that differ: before and after, each where it stands.

Terraform marks what is sensitive, by its configuration and by the provider's schema. Such a value
never leaves this file: where a mark cannot be followed into a value, all of the value is masked.
Source: Terraform documentation, JSON Output Format, "Change Representation".
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import islice
from typing import TypeAlias

from orchestrator.model.plan import SENSITIVE, UNKNOWN, ValueChange

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"

MOST = 40
"""Values that are shown of one change."""
LONGEST = 300
"""Characters that are shown of one value."""
NAMES = ("Sid", "sid", "id", "Id", "ID", "name", "Name", "key", "Key", "rule_id")
"""What tells elements of a list from each other."""
ONE_OR_MANY = frozenset({"Action", "NotAction", "Resource", "NotResource", "AWS", "Service"})
"""A policy may write one value as a text or as a list of one; the order says nothing.

Source: IAM User Guide, "Grammar of the IAM JSON policy language".
"""


def value_changes(
    attributes: Sequence[str], change: Mapping[str, Json]
) -> tuple[tuple[ValueChange, ...], int]:
    """The values that differ in these attributes, and how many more there are than are shown."""
    node = _Node(
        change.get("before"),
        change.get("after"),
        change.get("before_sensitive"),
        change.get("after_sensitive"),
        change.get("after_unknown"),
    )
    found = (each for name in attributes for each in _walk(name, node.inner(name)))
    shown = tuple(islice(found, MOST))
    return shown, sum(1 for _ in found)


@dataclass(frozen=True, slots=True)
class _Node:
    """A value before and after, with Terraform's marks; None where something is not there."""

    before: Json
    after: Json
    hidden_before: Json = None
    hidden_after: Json = None
    unknown: Json = None

    def inner(self, key: str | int) -> _Node:
        """What stands below `key`."""
        return _Node(
            _below(self.before, key),
            _below(self.after, key),
            _mark(self.hidden_before, key),
            _mark(self.hidden_after, key),
            _mark(self.unknown, key),
        )

    @property
    def marked(self) -> bool:
        """Whether anything in it is sensitive or not known yet."""
        return any(map(_any, (self.hidden_before, self.hidden_after, self.unknown)))


def _below(value: Json, key: str | int) -> Json:
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int):
        return value[key] if key < len(value) else None
    return None


def _mark(mark: Json, key: str | int) -> Json:
    """A mark holds for all that is below it."""
    return True if mark is True else _below(mark, key)


def _any(mark: Json) -> bool:
    if isinstance(mark, dict):
        return any(map(_any, mark.values()))
    if isinstance(mark, list):
        return any(map(_any, mark))
    return mark is True


def _walk(path: str, node: _Node) -> Iterator[ValueChange]:
    if node.hidden_before is True or node.hidden_after is True:
        yield from _masked(path, node)
        return
    if node.unknown is True:
        yield ValueChange(path, _shown(node.before, node.hidden_before), UNKNOWN)
        return
    if node.before == node.after and not _any(node.unknown):
        return
    node = _opened(node)
    before, after = node.before, node.after
    if _is_tree(before, dict) and _is_tree(after, dict) and (before or after):
        yield from _mapping(path, node)
    elif _is_tree(before, list) and _is_tree(after, list) and (before or after):
        yield from _list(path, node)
    elif isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
        yield from _lines(path, before, after)
    else:
        yield ValueChange(
            path, _shown(before, node.hidden_before), _shown(after, node.hidden_after)
        )


def _masked(path: str, node: _Node) -> Iterator[ValueChange]:
    """That it differs, or may: of what is not known yet nobody can say."""
    if node.before != node.after or _any(node.unknown):
        hidden = ["" if side is None else SENSITIVE for side in (node.before, node.after)]
        yield ValueChange(path, hidden[0], hidden[1] or (SENSITIVE if _any(node.unknown) else ""))


def _is_tree(value: Json, kind: type) -> bool:
    """What is not there is taken for one that is empty, so that all of the other side shows."""
    return value is None or isinstance(value, kind)


def _opened(node: _Node) -> _Node:
    """Policies and other JSON are texts in Terraform: as trees they can be compared."""
    texts = [each for each in (node.before, node.after) if each not in (None, "")]
    if not texts or not all(isinstance(each, str) for each in texts):
        return node
    before, after = _parsed(node.before), _parsed(node.after)
    if any(isinstance(each, str) and each for each in (before, after)):
        return node
    return _Node(before or None, after or None)


def _parsed(value: Json) -> Json:
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        found: Json = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return found


def _mapping(path: str, node: _Node) -> Iterator[ValueChange]:
    names = {*_keys(node.before), *_keys(node.after), *_keys(node.unknown)}
    for name in sorted(names):
        inner = node.inner(name)
        if name in ONE_OR_MANY and isinstance(inner.before, list) != isinstance(inner.after, list):
            inner = replace(inner, before=_many(inner.before), after=_many(inner.after))
        yield from _walk(f"{path}.{name}", inner)


def _keys(value: Json) -> Iterator[str]:
    return iter(value if isinstance(value, dict) else ())


def _many(value: Json) -> Json:
    return value if isinstance(value, list) or value is None else [value]


def _list(path: str, node: _Node) -> Iterator[ValueChange]:
    before = node.before if isinstance(node.before, list) else []
    after = node.after if isinstance(node.after, list) else []
    if node.marked:
        # Marks are by place, so that elements cannot be moved without them.
        for index in range(max(len(before), len(after), _length(node.unknown))):
            yield from _walk(f"{path}[{index}]", node.inner(index))
    elif not any(isinstance(each, dict | list) for each in (*before, *after)):
        yield from _members(path, before, after)
    elif name := _name(before, after):
        sides = [{str(each[name]): each for each in side} for side in (before, after)]  # type: ignore[index, call-overload]
        for key in dict.fromkeys([*sides[0], *sides[1]]):
            yield from _walk(f"{path}[{key}]", _Node(sides[0].get(key), sides[1].get(key)))
    else:
        yield from _elements(path, before, after)


def _length(mark: Json) -> int:
    return len(mark) if isinstance(mark, list) else 0


def _members(path: str, before: list[Json], after: list[Json]) -> Iterator[ValueChange]:
    """Of a list of plain values, those that come and go; where only their order differs, all."""
    was, will = Counter(map(_shown, before)), Counter(map(_shown, after))
    if was == will:
        yield ValueChange(path, _shown(before), _shown(after))
    yield from (ValueChange(path, gone) for gone in (was - will).elements())
    yield from (ValueChange(path, "", come) for come in (will - was).elements())


def _name(before: list[Json], after: list[Json]) -> str:
    """What names each element of both sides, and none twice; '' if nothing does."""
    for name in NAMES:
        sides = [
            [each.get(name) if isinstance(each, dict) else None for each in side]
            for side in (before, after)
        ]
        if all(
            all(isinstance(key, str | int) for key in keys) and len({*keys}) == len(keys)
            for keys in sides
        ):
            return name
    return ""


def _elements(path: str, before: list[Json], after: list[Json]) -> Iterator[ValueChange]:
    """Elements without names: what is the same stays, and what came in one's place is compared."""
    texts = [[json.dumps(each, sort_keys=True) for each in side] for side in (before, after)]
    for kind, start, end, there, until in SequenceMatcher(
        None, texts[0], texts[1], autojunk=False
    ).get_opcodes():
        if kind == "equal":
            continue
        for offset in range(max(end - start, until - there)):
            old = before[start + offset] if start + offset < end else None
            new = after[there + offset] if there + offset < until else None
            index = there + offset if new is not None else start + offset
            yield from _walk(f"{path}[{index}]", _Node(old, new))


def _lines(path: str, before: str, after: str) -> Iterator[ValueChange]:
    was, will = before.splitlines(), after.splitlines()
    if was == will:
        yield ValueChange(path, _shown(before), _shown(after))
        return
    for kind, start, end, there, until in SequenceMatcher(
        None, was, will, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            yield from (ValueChange(f"{path}:{n + 1}", _shown(was[n])) for n in range(start, end))
            yield from (
                ValueChange(f"{path}:{n + 1}", "", _shown(will[n])) for n in range(there, until)
            )


def _shown(value: Json, hidden: Json = None) -> str:
    """A value as JSON, '' where there is none."""
    if value is None:
        return ""
    if _any(hidden):
        return SENSITIVE
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
