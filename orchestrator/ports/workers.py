"""What a run needs that other machines work on: records of it, a queue, and who hands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from orchestrator.model.events import Entry
from orchestrator.model.run import StackResult
from orchestrator.model.submission import Cancelled, Item, Submission


class RunRecords(Protocol):
    """What is kept of submitted runs where every worker reads it. Raises AwsDenied."""

    def submit(self, submission: Submission, project: bytes) -> None:
        """Everything a worker needs. Raises UsageError if there is a run of that id."""
        ...

    def submission(self, run: str) -> Submission:
        """Raises UsageError if there is none, or none that can be read."""
        ...

    def project(self, submission: Submission) -> bytes:
        """Exactly the files that were submitted. Raises PlanChanged for any other."""
        ...

    def conclude(self, item: Item, result: StackResult) -> StackResult:
        """Keep what came of a stack. The first conclusion counts, and is returned."""
        ...

    def concluded(self, item: Item) -> StackResult | None:
        """What came of a stack, None as long as nothing has."""
        ...

    def results(self, run: str) -> tuple[StackResult, ...]:
        """All that was concluded."""
        ...

    def failures(self, run: str) -> Mapping[str, int]:
        """How many stacks have failed, by the name of their batch."""
        ...

    def check(self, item: Item, unhealthy: str) -> str:
        """Keep what a check has found, '' when all is well. The first finding counts."""
        ...

    def checked(self, item: Item) -> str | None:
        """What a check has found, None until it is made."""
        ...

    def cancel(self, run: str, cancelled: Cancelled) -> Cancelled:
        """Call the run off. Who was first, counts."""
        ...

    def cancelled(self, run: str) -> Cancelled | None: ...

    def note(self, name: str, item: Item, entries: Sequence[Entry]) -> None:
        """What the worker `name` reports of an item; replaces what it has reported before."""
        ...

    def notes(self, run: str) -> tuple[Entry, ...]:
        """All that workers reported of the run, in the order in which it happened."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """An item, the token by which it is answered, and the receipt of the message it came in."""

    item: Item
    token: str
    receipt: str


class WorkQueue(Protocol):
    """Items handed to the worker that asks first. Each may be delivered more than once.

    Raises AwsDenied.
    """

    def receive(self, seconds: int) -> Delivery | None:
        """Wait so long for one."""
        ...

    def keep(self, delivery: Delivery, seconds: int) -> None:
        """No other worker gets it for so long; with 0, it is there for the next one."""
        ...

    def remove(self, delivery: Delivery) -> None: ...

    def heartbeat(self, delivery: Delivery) -> bool:
        """Say that it is being worked on; False when no answer is awaited."""
        ...

    def succeed(self, delivery: Delivery, said: Mapping[str, str]) -> None:
        """Answer. It is not an error if Step Functions no longer waits."""
        ...

    def fail(self, delivery: Delivery, error: str, cause: str) -> None:
        """Answer. It is not an error if Step Functions no longer waits."""
        ...


class Progress(StrEnum):
    """How far an executor is with a run."""

    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"
    """It failed, took too long or was stopped."""


class Executor(Protocol):
    """Who hands out the stacks of a run, batch after batch. Raises AwsDenied."""

    def begin(self, submission: Submission) -> None:
        """Raises UsageError if it was begun before."""
        ...

    def stop(self, run: str, why: str) -> None:
        """Hand out nothing more. That it has ended is not an error."""
        ...

    def progress(self, run: str) -> Progress: ...
