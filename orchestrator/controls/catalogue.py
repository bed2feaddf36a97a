"""Every control there is a remediation for, and what that would do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.findings.remediation import Remediation, Risk
from orchestrator.model.retired import Retired, retired

CONTROL = re.compile(r"[A-Za-z0-9]+\.[0-9]+")


def natural(control: str) -> tuple[str, int]:
    """Sorts S3.2 before S3.10."""
    service, _, number = control.partition(".")
    return service.lower(), int(number or 0)


def counted(number: int, noun: str) -> str:
    """'1 account', '2 accounts'."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A control, its remediation, and what the sandbox lacks to run it from end to end."""

    control: str
    remediation: Remediation
    lacking: str = ""

    @property
    def retired(self) -> Retired | None:
        """Since when AWS checks it no more; None where it does."""
        return retired(self.control)

    @property
    def undo(self) -> bool:
        return self.remediation.undo is not None

    @property
    def by_hand(self) -> str:
        """Why it never runs by itself; '' if a decision may let it."""
        return why_by_hand(self.remediation)

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action that the account's role needs for it."""
        needed = (*self.remediation.reads, *self.remediation.writes)
        return tuple(sorted({action for each in needed for action in each.actions}))


def why_by_hand(remediation: Remediation) -> str:
    """Why it never runs by itself; '' if a decision may let it."""
    if remediation.by_hand:
        return remediation.by_hand
    return "it cannot be taken back" if remediation.risk is Risk.DESTRUCTIVE else ""


def catalogue(remediations: Iterable[Remediation], lacking: Mapping[str, str]) -> tuple[Entry, ...]:
    """One entry for each control, in their order."""
    entries = (
        Entry(control, remediation, lacking.get(control, ""))
        for remediation in remediations
        for control in remediation.controls
    )
    return tuple(sorted(entries, key=lambda entry: natural(entry.control)))
