"""What lies outside of a run: the organization in AWS, people, the git history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from orchestrator.model.drift import Step, Ticket
from orchestrator.model.import_candidates import ImportCandidate
from orchestrator.model.inventory import Landscape, Member, Remnant
from orchestrator.model.names import AccountId
from orchestrator.model.plan import Plan
from orchestrator.model.review import Comment
from orchestrator.ports.stages import Purpose


class Inventory(Protocol):
    """AWS Organizations: which accounts there are. Raises AwsDenied."""

    def member(self, account: AccountId) -> Member | None:
        """One account with its tags; None if Organizations does not know it."""
        ...

    def members(self) -> tuple[Member, ...]:
        """Every account, closed ones included, in id order and without tags.

        Source: Organizations API Reference, ListAccountsForParent: a page may be empty and still
        announce a next one.
        """
        ...

    def landscape(self) -> Landscape:
        """OUs and accounts, with the accounts' tags."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """What a queue has handed out, and for which time. By its `receipt` it is taken off."""

    receipt: str
    body: str
    time: int = 1


class CallQueue(Protocol):
    """The calls that accounts forward, until they are done. Raises AwsDenied."""

    def receive(self, seconds: int) -> tuple[Message, ...]:
        """What is there, at once; otherwise what comes within so many seconds, 20 at most.

        What is not reported as done comes again, and is put aside after some times.
        """
        ...

    def done(self, receipts: Sequence[str]) -> None: ...


class Leftovers(Protocol):
    """What accounts leave behind in AWS."""

    def of(self, account: AccountId) -> tuple[Remnant, ...]:
        """All that is found of it. A denied question is an answer of its own; raises nothing."""
        ...


class Tickets(Protocol):
    """Where people read of drift. Raises NotTold when they cannot be reached."""

    def opened(self) -> Mapping[str, Ticket]:
        """Our open ones, by key."""
        ...

    def carry_out(self, step: Step) -> None: ...


@dataclass(frozen=True, slots=True)
class Revisions:
    """Two commits to compare. `after` is None for the files as they lie in the checkout."""

    before: str
    after: str | None


class History(Protocol):
    """The checkout's git history."""

    def revisions(self, text: str) -> Revisions:
        """The commits that `text` names, as `git diff` reads it.

        `A...B` begins where B branched off from A, `A..B` at A; a single `A` is compared with the
        files as they are. Raises UsageError when the revision or the history is missing.
        """
        ...

    def extract(self, commit: str, paths: Sequence[str], folder: Path) -> None:
        """Write what `commit` has at `paths`, relative to the project's root, into `folder`."""
        ...


class Branches(Protocol):
    """Branches that are proposed to others. Nothing is pushed, and the checkout stays as it is."""

    def tip(self, branch: str) -> str:
        """The commit the branch is at; '' if there is none. Raises UsageError for no name."""
        ...

    def commit(
        self, branch: str, onto: str, changes: Mapping[Path, str | None], message: str
    ) -> str:
        """Put `branch` at a new commit: `onto` with these files, None for those that go.

        Paths are relative to the project's root. Raises UsageError if the branch is checked out
        somewhere, or has moved since it was at `onto`.
        """
        ...


class Existing(Protocol):
    """AWS, asked for what a plan means to create."""

    def find(self, plan: Plan, purpose: Purpose) -> tuple[ImportCandidate, ...]:
        """One sight for each resource that `plan` creates, in the order of their addresses.

        The account is entered as for the plan. Who is refused an answer says UNKNOWN, and so does
        who knows no question; what cannot be asked before something else is taken over, WAITS.
        Raises AwsDenied only if the account refuses every role.
        """
        ...


class Forge(Protocol):
    """GitHub or GitLab, as a job that runs there sees it. Raises NotTold, UsageError."""

    def comments(self) -> tuple[Comment, ...]:
        """Our own on the change this job is about, the oldest first; not those of other people."""
        ...

    def write(self, body: str, instead: Comment | None) -> None:
        """Comment on the change this job is about, `instead` of a comment that is there."""
        ...

    def merged(self) -> tuple[Comment, ...] | None:
        """Our own on the change whose merge made this job's commit; None if none did."""
        ...

    def scanned(self, log: str) -> None:
        """Hand over what was found in this job's commit, as SARIF."""
        ...
