"""Does what OpenSearch holds say all that was wanted?

It answers with more than it was given, writes numbers and truths as strings, and settings with dots
as objects in objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.logs.trees import Tree


def holds(there: Tree, wanted: Tree) -> bool:
    """Whether each value of `wanted` is in `there`."""
    found = dict(_flat(there, ""))
    return all(path in found and _same(found[path], value) for path, value in _flat(wanted, ""))


def _flat(tree: Tree, above: str) -> Iterator[tuple[str, object]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _same(there: object, wanted: object) -> bool:
    if not isinstance(wanted, list):
        return _scalar(there) == _scalar(wanted)
    if not isinstance(there, list) or len(there) != len(wanted):
        return False
    if any(isinstance(each, Mapping) for each in wanted):
        return all(
            isinstance(one, Mapping) and isinstance(two, Mapping) and holds(one, two)
            for one, two in zip(there, wanted, strict=True)
        )
    return sorted(map(_scalar, there)) == sorted(map(_scalar, wanted))


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
