"""Versions of a state in its bucket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StateVersion:
    """`serial` counts Terraform's writes; None where the version holds no state at all."""

    id: str
    at: datetime
    serial: int | None
