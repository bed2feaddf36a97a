"""The signs and words a live screen is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Cells and lines."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Signs for a terminal; each is one cell, `more` at most three."""

    done: str
    bad: str
    active: str
    coming: str
    waiting: str
    halted: str
    more: str
    full: str
    half: str
    empty: str


UNICODE = Glyphs("✓", "✗", "▶", "·", "◷", "■", "…", "━", "╌", " ")
ASCII = Glyphs("+", "x", ">", ".", "~", "!", "...", "#", "-", " ")


def duration(seconds: float) -> str:
    """'8 s', '3 min 05 s', '2 h 10 min'."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes < 1:
        return f"{rest} s"
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def plain(text: str) -> str:
    """The first line, without anything that a terminal would obey."""
    first = text.strip().partition("\n")[0]
    return "".join(sign if sign.isprintable() else " " for sign in first)
