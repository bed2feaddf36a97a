"""The failure budget of a group. Pure; the words and what they mean are those of StackSets.

`strict`: the width is at most one more than may still fail, and shrinks with each failure, so that
never more than one more than tolerated can fail. `soft`: the width stays, and what is under way
may exceed the budget. In both, nothing new starts after more failures than tolerated, neither in
this wave nor in a later one.

Source: AWS CloudFormation User Guide, "StackSets concepts": maximum concurrent accounts, failure
tolerance, concurrency mode.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.model.waves import FailureMode
from orchestrator.pipeline.groups import Group


@dataclass(frozen=True, slots=True)
class Budget:
    """How many failures are tolerated. Without a mode, the group is brought to its end."""

    tolerated: int
    mode: FailureMode | None = None

    def room(self, width: int, failed: int) -> int:
        """How many stacks may be under way at the same time after so many failures."""
        if self.mode is None:
            return width
        if self.spent(failed):
            return 0
        if self.mode is FailureMode.STRICT:
            return min(width, self.tolerated + 1 - failed)
        return width

    def spent(self, failed: int) -> bool:
        """Whether more stacks have failed than tolerated."""
        return failed > self.tolerated


def of(group: Group, override: int | None) -> Budget:
    """What holds for a group; `override` is a count for all of them."""
    failures = group.wave.failures if group.wave else None
    if failures is None:
        return Budget(override or 0)
    tolerated = failures.tolerated(len(group.jobs)) if override is None else override
    return Budget(tolerated, failures.mode)
