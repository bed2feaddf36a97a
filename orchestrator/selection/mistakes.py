"""What is wrong with a selection, shown where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.errors import UsageError
from orchestrator.selection.expression import Place

WIDTH = 76
AROUND = 30


@dataclass(frozen=True, slots=True)
class Miss:
    """A word that means nothing here, and what may have been meant."""

    what: str
    fix: str


def mistake(text: str, place: Place, what: str, fix: str) -> UsageError:
    """The error for what stands at `place` in `text`, with the place underlined."""
    line, start = _around(text, place.start)
    length = max(1, min(place.end - place.start, len(line) - start))
    return UsageError(f"selection: {what}\n  {line}\n  {' ' * start}{'^' * length}", fix)


def _around(text: str, start: int) -> tuple[str, int]:
    """The text on one line, cut to what stands around `start`; and where `start` is in it."""
    line = "".join(" " if character.isspace() else character for character in text)
    cut = max(0, start - AROUND) if len(line) > WIDTH else 0
    shown = line[cut : cut + WIDTH]
    head, tail = "… " if cut else "", " …" if cut + WIDTH < len(line) else ""
    return f"{head}{shown}{tail}", start - cut + len(head)
