"""The kinds of words."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.selection import accounts, remembered
from orchestrator.selection.mistakes import Miss
from orchestrator.selection.near import suggest, word
from orchestrator.selection.world import Found, Meaning, World

KINDS: Mapping[str, Meaning] = {
    "": accounts.account,
    "account": accounts.account,
    "ou": accounts.ou,
    "team": accounts.team,
    "tag": accounts.tag,
    "wave": accounts.wave,
    "stack": accounts.stack,
    "affected": remembered.affected,
    "failed": remembered.failed,
    "drifted": remembered.drifted,
}
"""By what stands before the colon."""


def meant(world: World, kind: str, value: str) -> Found | Miss:
    """The stacks that a word means, or what is wrong with it."""
    if kind not in KINDS:
        kinds = [kind for kind in KINDS if kind]
        return Miss(f"there is no '{kind}:'", suggest(kind, kinds).replace("'?", ":'?"))
    if not value:
        return Miss(f"nothing stands behind '{kind}:'", f"write {word(kind, '…')}")
    return KINDS[kind](world, value)
