"""Values as checkov hands them to a check: wrapped in lists, null, or not known before apply."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Unknown(Enum):
    """A value that AWS decides during the apply."""

    UNKNOWN = "true_after_unknown"


UNKNOWN = Unknown.UNKNOWN


def value(conf: Mapping[str, object], name: str) -> object:
    """One attribute: plain, None when it is null or not there, UNKNOWN before the apply."""
    found = conf.get(name)
    while isinstance(found, list) and len(found) == 1:
        found = found[0]
    return UNKNOWN if found == UNKNOWN.value else found


def strings(conf: Mapping[str, object], name: str) -> tuple[str, ...]:
    """A list of strings, flattened; what is not a string is left out."""
    return tuple(_flat(conf.get(name)))


def blocks(conf: Mapping[str, object], name: str) -> tuple[Mapping[str, object], ...]:
    """The nested blocks of one name."""
    found = conf.get(name)
    items = found if isinstance(found, list) else [found]
    return tuple(item for item in items if isinstance(item, dict))


def _flat(found: object) -> list[str]:
    if isinstance(found, list):
        return [text for item in found for text in _flat(item)]
    return [found] if isinstance(found, str) and found != UNKNOWN.value else []
