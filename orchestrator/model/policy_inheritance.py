"""What declarative policies of AWS Organizations come to, from the root down to an account.

Source: AWS Organizations User Guide, "Inheritance operators" and "Inheritance examples".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

Document = Mapping[str, object]

ASSIGN, APPEND, REMOVE = "@@assign", "@@append", "@@remove"
VALUES = frozenset({ASSIGN, APPEND, REMOVE})
CONTROL = "@@operators_allowed_for_child_policies"
ALL, NONE = "@@all", "@@none"


@dataclass(frozen=True, slots=True)
class _Node:
    """A place in the merged document. `allowed` is what policies further down may do there."""

    value: object = None
    allowed: frozenset[str] = VALUES
    below: Mapping[str, _Node] = field(default_factory=dict)


def effective(levels: Sequence[Sequence[Document]]) -> Document:
    """The plain document that holds below all `levels`, the root's first.

    Of a level's policies the one attached first comes first: it wins where two assign a value.
    What policies above a level do not allow is left out without an error, as AWS does.
    """
    merged = reduce(lambda node, level: _merged(node, level, VALUES), levels, _Node())
    plain = _plain(merged)
    return plain if isinstance(plain, Mapping) else {}


def _merged(node: _Node, documents: Sequence[Document], above: frozenset[str]) -> _Node:
    allowed = node.allowed & above
    names = dict.fromkeys(key for each in documents for key in each if not key.startswith("@@"))
    below = dict(node.below)
    for name in names:
        said = [each[name] for each in documents if name in each]
        inner = [each for each in said if isinstance(each, Mapping)]
        below[name] = _merged(below.get(name, _Node()), inner, allowed)
    limits = (_operators(each[CONTROL]) for each in documents if CONTROL in each)
    narrowed = reduce(frozenset.__and__, limits, node.allowed)
    return _Node(_value(node.value, documents, allowed), narrowed, below)


def _value(inherited: object, documents: Sequence[Document], allowed: frozenset[str]) -> object:
    """Order within a level: the first that assigns, then all that append, then all that remove."""

    def given(operator: str) -> list[object]:
        return [d[operator] for d in documents if operator in d and operator in allowed]

    value = next(iter(given(ASSIGN)), inherited)
    added = [item for items in given(APPEND) for item in _listed(items)]
    gone = [item for items in given(REMOVE) for item in _listed(items)]
    if added:
        value = [*dict.fromkeys((*_listed(value), *added))]
    elif value is None and given(APPEND):
        value = []
    if gone and isinstance(value, list):
        value = [item for item in value if item not in gone] or None
    return value


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _operators(value: object) -> frozenset[str]:
    named = frozenset(str(each) for each in _listed(value))
    return VALUES if ALL in named else named & VALUES


def _plain(node: _Node) -> object:
    if node.value is not None:
        return node.value
    inner = {name: _plain(each) for name, each in node.below.items()}
    return {name: value for name, value in inner.items() if value is not None} or None


def mistakes(document: object, path: str = "") -> Iterator[str]:
    """What AWS Organizations would not understand, as 'place: what'."""
    where = path or "the document"
    if not isinstance(document, Mapping):
        yield f"{where}: a value stands under an operator, such as {ASSIGN}"
        return
    for key, value in document.items():
        if key == CONTROL:
            yield from _control_mistakes(where, value)
        elif key in (APPEND, REMOVE) and not isinstance(value, list):
            yield f"{where}: {key} takes a list"
        elif key.startswith("@@") and key not in VALUES:
            yield f"{where}: there is no operator {key}"
        elif not key.startswith("@@"):
            yield from mistakes(value, f"{path}/{key}" if path else key)


def _control_mistakes(where: str, value: object) -> Iterator[str]:
    known = {ALL, NONE, *VALUES}
    if not isinstance(value, list) or not value or not known.issuperset(value):
        yield f"{where}: {CONTROL} takes a list of {', '.join(sorted(known))}"
    elif len(value) > 1 and {ALL, NONE}.intersection(value):
        yield f"{where}: {ALL} and {NONE} stand alone"
