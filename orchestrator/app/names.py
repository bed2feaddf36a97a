"""A run as people name it."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.errors import UsageError

LAST = "last"
SHOWN = 5


def named(word: str, known: Sequence[str]) -> str:
    """The id that is `word`, or the only one of `known` that begins so; 'last' is the newest.

    `known` has the oldest first. Raises UsageError.
    """
    if word == LAST and known:
        return known[-1]
    found = [run for run in known if run == word] or [r for r in known if r.startswith(word)]
    if word and len(found) == 1:
        return found[0]
    if word and found:
        newest = ", ".join(found[-SHOWN:])
        raise UsageError(f"{len(found)} runs begin with '{word}'", f"one of {newest}, …")
    fix = f"the newest: {', '.join(known[-SHOWN:])}" if known else "there is none yet"
    raise UsageError(f"no run '{word}' is kept", fix)
