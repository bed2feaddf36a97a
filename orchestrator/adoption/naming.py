"""Names for all accounts, or all OUs in one folder, at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.model.slugs import slug, untaken


def unlike(names: Iterable[tuple[str, str]], fallback: str) -> Mapping[str, str]:
    """A slug for each id, out of pairs of id and name; no two are the same.

    The first keeps its own; those that follow have their id, or what tells it apart, behind.
    """
    given: dict[str, str] = {}
    for id_, name in names:
        given[id_] = untaken(name, slug(id_.rpartition("-")[2]), given.values(), fallback)
    return given
