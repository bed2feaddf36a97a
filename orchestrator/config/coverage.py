"""Which accounts a wave covers."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.config.documents import Json
from orchestrator.config.globs import below, matches
from orchestrator.model.organization import Wave


def rule(entry: Mapping[str, Json]) -> Wave:
    """A wave as its file states it, already checked for its shape."""
    return Wave.model_validate(entry)


def covers(wave: Wave, places: Mapping[str, str]) -> list[str]:
    """The accounts, out of `places` (name to OU path), that `wave` rolls out; in that order."""
    return [name for name, ou in places.items() if _covers(wave, name, ou)]


def _covers(wave: Wave, name: str, ou: str) -> bool:
    if any(matches(name, pattern) for pattern in wave.excluded):
        return False
    named = any(matches(name, pattern) for pattern in wave.accounts)
    return named or any(below(ou, pattern) for pattern in wave.ous)
