"""An account that rollouts leave alone for a while."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from orchestrator.model.settings import Frozen, Name, Reason


class Quarantine(Frozen):
    """Why an account is set aside, who answers for it, and how long."""

    reason: Reason
    owner: Name = Field(description="A team.")
    until: date = Field(description="The last day on which it holds, in UTC, a year ahead at most.")

    def holds(self, today: date) -> bool:
        return today <= self.until

    def __str__(self) -> str:
        return f"set aside until {self.until} by {self.owner}: {self.reason}"
