"""A run that is worked on by other machines: what they are given, and when they are to stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestrator.model.journal import Inputs
from orchestrator.model.names import StackKey
from orchestrator.model.waves import FailureMode


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work. Without a key it is the check after its lot."""

    run: str
    lot: str
    key: StackKey | None = None

    @property
    def name(self) -> str:
        """Unlike that of any other item of the run."""
        return f"{self.key.account_id}-{self.key.stack}" if self.key else f"check-{self.lot}"

    def __str__(self) -> str:
        return f"{self.run} {self.key or f'check after {self.lot}'}"


@dataclass(frozen=True, slots=True)
class Lot:
    """Stacks that are handed out together: a foundation, a wave, or all of a plan.

    `tolerated` is how many may fail before nothing new starts; without a `mode`, the lot itself is
    still brought to its end. None tolerates any number. `checked` says that bake time and health
    check follow.
    """

    name: str
    keys: tuple[StackKey, ...]
    width: int
    tolerated: int | None = None
    mode: FailureMode | None = None
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """A run as it was submitted. `project` is the SHA-256 of the files it is about."""

    inputs: Inputs
    at: datetime
    project: str
    lots: tuple[Lot, ...]

    def lot(self, name: str) -> Lot:
        """Raises KeyError."""
        return {lot.name: lot for lot in self.lots}[name]


def steps(submission: Submission) -> Iterator[tuple[Lot, tuple[Item, ...]]]:
    """What is handed out one after the other: a lot's stacks, and then its check, if it has one."""
    run = submission.inputs.run
    for lot in submission.lots:
        yield lot, tuple(Item(run, lot.name, key) for key in lot.keys)
        if lot.checked:
            yield Lot(f"check after {lot.name}", (), 1, 0), (Item(run, lot.name),)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Who has called a run off, when and why."""

    who: str
    reason: str
    at: datetime

    def __str__(self) -> str:
        return f"cancelled by {self.who}: {self.reason}"


def exceeded(
    lots: Sequence[Lot], failed: Mapping[str, int], name: str, *, over: bool = False
) -> str:
    """Why nothing of the lot `name` starts any more, '' while it may.

    More failures than an earlier lot tolerates stop all that follow; those of the lot itself stop
    it, unless it is to be brought to its end. `over` asks for what follows the lot.
    """
    for lot in lots:
        count, own = failed.get(lot.name, 0), lot.name == name
        stops = lot.mode is not None or over or not own
        if lot.tolerated is not None and count > lot.tolerated and stops:
            before = "one stack" if count == 1 else f"{count} stacks"
            tolerated = f", {lot.tolerated} tolerated" if lot.tolerated else ""
            return f"{before} of {lot.name} failed{tolerated}"
        if own:
            return ""
    return f"the run has no '{name}'"
