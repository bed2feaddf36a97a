"""A comment on a change that is up for review."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comment:
    """`place` is what the system that holds it calls it."""

    place: str
    body: str
