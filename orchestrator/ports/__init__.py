"""The stages that touch the world, as the pipeline sees them, and all of them in one bundle.

Adapters implement them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orchestrator.model.events import Emit, silently
from orchestrator.model.names import AccountId, StackKey
from orchestrator.ports.outside import (
    Branches,
    CallQueue,
    Existing,
    Forge,
    History,
    Inventory,
    Leftovers,
    Message,
    Revisions,
    Tickets,
)
from orchestrator.ports.records import (
    Baselines,
    Journal,
    KmsApprovals,
    PlanBucket,
    Sightings,
    StateArchive,
    StateRepair,
    StoredPlans,
)
from orchestrator.ports.stages import (
    Conformance,
    Entry,
    Environment,
    Folders,
    Purpose,
    Reader,
    Scan,
    Scanner,
    Sessions,
    Terraform,
)

Clock = Callable[[], datetime]
"""The time, in UTC."""


Rest = Callable[[float], bool]
"""Wait so many seconds; True, and at once, when the run is being stopped."""


def sleeping(seconds: float) -> bool:
    """Wait without being stopped."""
    time.sleep(seconds)
    return False


class Capacity(Protocol):
    """What the machine carries, and what AWS puts up with."""

    def width(self, under_way: int) -> int:
        """How many stacks this machine can work on, where so many are under way; at least one."""
        ...

    def use(self, width: int, most: int) -> None:
        """So many stacks are worked on at the same time from now on, of `most` that might be."""
        ...

    def throttles(self) -> int:
        """How often AWS has asked us to slow down since the run began."""
        ...


class Findings(Protocol):
    """Security Hub, asked for what is new."""

    def newer(self, accounts: Sequence[AccountId], since: datetime) -> tuple[str, ...]:
        """Active critical and high findings of these accounts that came up after `since`, a line
        for each. Raises AwsDenied.
        """
        ...


class AccountLocks(Protocol):
    """So that two runs never change one account at the same time."""

    def hold(self, key: StackKey) -> AbstractContextManager[None]:
        """Keep every other run out of the stack's account for as long as the context lasts.

        Raises AccountBusy when another run is in it, AwsDenied when that cannot be found out, and
        LeaseLost at the end of the context when another run may be in it by then.
        """
        ...

    def confirm(self, key: StackKey) -> None:
        """Raises LeaseLost when another run may be in the account that is held.

        To be asked before anything is written for it.
        """
        ...

    def tidy(self, key: StackKey) -> None:
        """Let go of what a run that is gone has left locked there. Raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The side effects of a run, in one bundle."""

    folders: Folders
    terraform: Terraform
    scanner: Scanner
    sessions: Sessions
    conformance: Conformance
    reader: Reader
    baselines: Baselines
    clock: Clock
    sightings: Sightings
    capacity: Capacity
    findings: Findings
    locks: AccountLocks
    emit: Emit = silently
    rest: Rest = sleeping


__all__ = [
    "AccountLocks",
    "Baselines",
    "Branches",
    "CallQueue",
    "Capacity",
    "Clock",
    "Conformance",
    "Entry",
    "Environment",
    "Existing",
    "Findings",
    "Folders",
    "Forge",
    "History",
    "Inventory",
    "Journal",
    "KmsApprovals",
    "Leftovers",
    "Message",
    "PlanBucket",
    "Ports",
    "Purpose",
    "Reader",
    "Rest",
    "Revisions",
    "Scan",
    "Scanner",
    "Sessions",
    "Sightings",
    "StateArchive",
    "StateRepair",
    "StoredPlans",
    "Terraform",
    "Tickets",
    "sleeping",
]
