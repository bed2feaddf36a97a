"""What this machine has of what the program needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    OK = "ok"
    NOTE = "note"
    """Works without it, or will be fetched."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that is needed, what was found of it and where, and the remedy."""

    name: str
    presence: Presence
    found: str
    fix: str = ""
