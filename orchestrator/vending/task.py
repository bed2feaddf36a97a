"""What an account's file needs, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from orchestrator.model.names import AccountId


class Need(StrEnum):
    """What is to be done about an account's file."""

    WRITE = "write"
    MOVE = "move"
    NOTHING = "nothing"
    """The file is there, where it belongs; what is declared is applied all the same."""
    OFFBOARD = "offboard"
    """The account is closed, and its file is still there: a person says what becomes of it."""
    REFUSE = "refuse"
    REMOVE = "remove"
    """The account is gone, and people have agreed that its file goes, too."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done about one account, and why.

    `file` is where its file belongs, `old` where it lies now; relative to the project's root.
    """

    need: Need
    account: AccountId
    why: str
    name: str = ""
    file: Path | None = None
    old: Path | None = None
    text: str = ""
    fix: str = ""
    note: str = ""
    """What a person may want to know all the same."""

    @property
    def covers(self) -> bool:
        """Whether the account is to be rolled out afterwards."""
        return self.need in (Need.WRITE, Need.MOVE, Need.NOTHING) and self.file is not None
