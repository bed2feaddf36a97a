"""What a person can do with the findings function: the port behind the commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from orchestrator.findings.by_hand import Rehearsal
from orchestrator.findings.events import Parsed
from orchestrator.findings.finding import Finding
from orchestrator.findings.records import Record
from orchestrator.findings.replay import Replayed


class Operator(Protocol):
    """Everything raises AwsDenied; what changes something raises the findings' Refused, too."""

    def found(self, id_: str) -> tuple[Parsed, ...]:
        """The finding of this id as Security Hub has it, once for each of its resources."""

    def rehearse(self, finding: Finding) -> Rehearsal:
        """What would be done. Changes nothing."""

    def tags(self, finding: Finding) -> Mapping[str, str] | None:
        """The resource's tags now; None if they cannot be read."""

    def apply(self, finding: Finding, plan: str, *, force: bool) -> Record:
        """Fix what `plan` was approved for."""

    def undo(self, id_: str, *, force: bool) -> Record:
        """Take a fix back."""

    def record(self, id_: str) -> Record | None:
        """The record of this id."""

    def records(self, days: int) -> tuple[Record, ...]:
        """Newest first."""

    def stopped(self) -> str:
        """Why nothing is fixed without a person now; '' if it is."""

    def turn(self, *, on: bool) -> None:
        """Turn the kill switch."""

    def replay_dead_letters(self, *, malformed: bool) -> Replayed:
        """What nobody could work on, back into the queue."""

    def replay_records(self, days: int) -> Replayed:
        """The findings whose fix went wrong, back into the queue."""
