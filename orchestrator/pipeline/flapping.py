"""Which drift is put right and comes back, again and again: two who do not know of each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from orchestrator.model.sighting import Sighting

WITHIN = timedelta(days=30)
"""Older sightings say nothing of today."""
RETURNS = 3
"""Appearances after an absence from which on it counts: twice may be a mistake and its repair."""
MOST = 500
"""Sightings kept of a stack, whatever their age."""


def remembered(past: Sequence[Sighting], new: Sighting) -> tuple[Sighting, ...]:
    """What is kept for the next check, the oldest first. Two checks that saw the same are one."""
    recent = [each for each in past if new.at - WITHIN <= each.at <= new.at]
    if recent and recent[-1].addresses == new.addresses:
        return tuple(recent[-MOST:])
    return (*recent[-(MOST - 1) :], new)


def flapping(past: Sequence[Sighting], new: Sighting) -> tuple[str, ...]:
    """The addresses seen now that had come, gone and come back, in alphabetical order."""
    seen = remembered(past, new)
    return tuple(sorted(each for each in new.addresses if _appearances(each, seen) >= RETURNS))


def _appearances(address: str, seen: Sequence[Sighting]) -> int:
    there = [address in each.addresses for each in seen]
    return sum(now and not before for before, now in zip([False, *there], there, strict=False))
