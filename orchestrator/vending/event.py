"""What can happen to an account, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orchestrator.model.names import AccountId


class What(StrEnum):
    """What an event says has happened."""

    CREATED = "created"
    CLOSED = "closed"
    """Or removed from the organization."""
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """One event about one account. Only a reason to look: Organizations has the last word.

    `ready` is False where an account that is new may still be on its way: AWS Control Tower makes
    it in the root, moves it, and says itself when it has enrolled it.
    """

    what: What
    account: AccountId
    at: datetime
    """When it was completed, in UTC."""
    source: str
    """Whose event it is, by its name: 'CreateManagedAccount'."""
    ready: bool = True


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that asks for nothing, and why."""

    why: str
