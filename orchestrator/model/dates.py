"""The one calendar: a day begins and ends at midnight UTC, in CLI and function alike."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    """In UTC, as AWS counts: no two machines disagree about what has run out."""
    return datetime.now(UTC).date()
