"""What is in AWS before a stack is applied for the first time."""

from __future__ import annotations

from typing import Protocol

from orchestrator.model.adopting import Sight
from orchestrator.model.plan import Plan
from orchestrator.ports.working import Purpose


class Existing(Protocol):
    """AWS, asked for what a plan means to create."""

    def look(self, plan: Plan, purpose: Purpose) -> tuple[Sight, ...]:
        """One sight for each resource that `plan` creates, in the order of their addresses.

        The account is entered as for the plan. Who is refused an answer says UNKNOWN, and so does
        who knows no question; what cannot be asked before something else is taken over, WAITS.
        Raises AwsDenied only if the account lets nobody in.
        """
        ...
