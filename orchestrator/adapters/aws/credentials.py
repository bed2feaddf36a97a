"""Temporary keys as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """Keys that AWS gave for a while. Printing them shows which, never what they are.

    `expires` is None for keys whose end is not known: those the caller came with.
    """

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)
    expires: datetime | None = None
