"""What a drift check has seen of a stack, kept so that what comes back again can be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """The addresses that had changed outside of Terraform at `at`, in UTC; none when in sync."""

    at: datetime
    addresses: frozenset[str] = frozenset()
