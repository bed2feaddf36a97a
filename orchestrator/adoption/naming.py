"""Names that files and folders can have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

UNFIT = re.compile(r"[^a-z0-9]+")
LONGEST = 50


def slug(name: str) -> str:
    """'Workloads / Prod' is 'workloads-prod'; '' where nothing of the name is left."""
    return UNFIT.sub("-", name.lower()).strip("-")[:LONGEST].strip("-")


def unlike(names: Iterable[tuple[str, str]], fallback: str) -> Mapping[str, str]:
    """A slug for each id, out of pairs of id and name; no two are the same.

    The first keeps its own; those that follow have their id, or what tells it apart, behind.
    """
    given: dict[str, str] = {}
    for id_, name in names:
        own = slug(name)
        taken = set(given.values())
        if not own or own in taken:
            tail = f"-{slug(id_.rpartition('-')[2])}"
            own = f"{(own or fallback)[: LONGEST - len(tail)].strip('-')}{tail}"
        given[id_] = own
    return given
