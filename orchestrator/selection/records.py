"""What a selection may name that is not in the organization itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome


class Records(Protocol):
    """Earlier runs, and what has changed between two revisions."""

    def runs(self) -> tuple[str, ...]:
        """The ids of the runs that are kept, the oldest first."""
        ...

    def outcomes(self, run: str) -> Mapping[StackKey, Outcome]:
        """What became of each stack in one of `runs`."""
        ...

    def affected(self, revisions: str) -> frozenset[StackKey]:
        """The stacks that `revisions` changes, those of removed accounts included."""
        ...
