"""A run that is worked on by other machines: what they are given, and when they are to stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestrator.model.events import Inputs
from orchestrator.model.names import StackKey
from orchestrator.model.waves import FailureMode


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work. Without a key it is the check after its batch."""

    run: str
    batch: str
    key: StackKey | None = None

    @property
    def name(self) -> str:
        """Unlike that of any other item of the run."""
        return f"{self.key.account_id}-{self.key.stack}" if self.key else f"check-{self.batch}"

    def __str__(self) -> str:
        return f"{self.run} {self.key or f'check after {self.batch}'}"


@dataclass(frozen=True, slots=True)
class Batch:
    """Stacks that are handed out together: a foundation, a wave, or all of a plan.

    `tolerated` is how many may fail before nothing new starts; without a `mode`, the batch itself
    is still brought to its end. None tolerates any number. `checked` says that bake time and health
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
    batches: tuple[Batch, ...]

    def batch(self, name: str) -> Batch:
        """Raises KeyError."""
        return {batch.name: batch for batch in self.batches}[name]


def steps(submission: Submission) -> Iterator[tuple[Batch, tuple[Item, ...]]]:
    """What is handed out in turn: a batch's stacks, and then its check, if it has one."""
    run = submission.inputs.run
    for batch in submission.batches:
        yield batch, tuple(Item(run, batch.name, key) for key in batch.keys)
        if batch.checked:
            yield Batch(f"check after {batch.name}", (), 1, 0), (Item(run, batch.name),)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Who has called a run off, when and why."""

    who: str
    reason: str
    at: datetime

    def __str__(self) -> str:
        return f"cancelled by {self.who}: {self.reason}"


def exceeded(
    batches: Sequence[Batch], failed: Mapping[str, int], name: str, *, over: bool = False
) -> str:
    """Why nothing more of the batch `name` starts, '' while it may.

    More failures than an earlier batch tolerates stop all that follow; those of the batch itself
    stop it, unless it is to be brought to its end. `over` asks for what follows the batch.
    """
    for batch in batches:
        count, own = failed.get(batch.name, 0), batch.name == name
        stops = batch.mode is not None or over or not own
        if batch.tolerated is not None and count > batch.tolerated and stops:
            before = "one stack" if count == 1 else f"{count} stacks"
            tolerated = f", {batch.tolerated} tolerated" if batch.tolerated else ""
            return f"{before} of {batch.name} failed{tolerated}"
        if own:
            return ""
    return f"the run has no '{name}'"
