"""What AWS Organizations cannot tell, and how it is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.model.census import Landscape, Member, Standing
from orchestrator.model.names import AccountId

LIKELY: Mapping[str, re.Pattern[str]] = {
    "security": re.compile(r"security|audit", re.IGNORECASE),
    "log archive": re.compile(r"log", re.IGNORECASE),
}
"""Control Tower calls them Audit and Log Archive."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person has said, or agreed to."""

    name: str
    home_region: str
    regions: tuple[str, ...]
    security: AccountId
    log_archive: AccountId
    team: str
    team_email: str
    team_tag: str = "team"


def open_members(landscape: Landscape) -> tuple[Member, ...]:
    """The accounts that can be worked in."""
    return tuple(m for m in landscape.members if m.standing is Standing.ACTIVE)


def guess(landscape: Landscape, part: str) -> Member | None:
    """The one account whose name sounds like `part`; None if there is none, or several."""
    candidates = [m for m in open_members(landscape) if m.id != landscape.management]
    found = [member for member in candidates if LIKELY[part].search(member.name)]
    return found[0] if len(found) == 1 else None


def find(landscape: Landscape, word: str) -> Member | None:
    """The account with this id or name."""
    return next((m for m in open_members(landscape) if word in (m.id, m.name)), None)
