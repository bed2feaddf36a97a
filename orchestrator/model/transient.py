"""Errors that pass: those that may be gone when the same is tried again."""

from __future__ import annotations

from enum import StrEnum


class Transient(StrEnum):
    """Why something may be tried again. Nothing else is."""

    THROTTLING = "AWS throttles"
    LOCKED = "the state is locked"
    NETWORK = "the network"
