"""What somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN = 5
MEANS_MORE = frozenset("()!")


def word(kind: str, value: str) -> str:
    """How `value` is written in a selection."""
    plain = value and not any(c.isspace() or c in MEANS_MORE for c in value)
    quoted = value if plain else f'"{value}"'
    return f"{kind}:{quoted}" if kind else quoted


def suggest(wrong: str, known: Iterable[str], kind: str = "") -> str:
    """A way out of the unknown `wrong`: the names most like it, or else the first few there are."""
    names = list(dict.fromkeys(known))
    folded = {name.lower(): name for name in reversed(names)}
    near = [folded[match] for match in get_close_matches(wrong.lower(), folded, n=3, cutoff=0.65)]
    if near:
        shown = [f"'{word(kind, name)}'" for name in near]
        return f"did you mean {' or '.join(shown)}?"
    if not names:
        return "there is none that could be named"
    more = ", …" if len(names) > SHOWN else ""
    return f"choose one of {', '.join(word(kind, name) for name in names[:SHOWN])}{more}"
