"""What lies outside of a run: the organization in AWS, people, the git history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from orchestrator.model.census import Landscape, Member
from orchestrator.model.names import AccountId
from orchestrator.model.notice import Step, Ticket


class Census(Protocol):
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


class Tickets(Protocol):
    """Where people are told. Raises NotTold when they could not be."""

    def opened(self) -> Mapping[str, Ticket]:
        """Those of ours that are open, by key."""
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
        files as they are. Raises UsageError when there is no such revision, or no history.
        """
        ...

    def extract(self, commit: str, paths: Sequence[str], folder: Path) -> None:
        """Write what `commit` has at `paths`, relative to the project's root, into `folder`."""
        ...
