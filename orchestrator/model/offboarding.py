"""What an account that is closed, or has left the organization, leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestrator.model.names import AccountId, StackKey


@dataclass(frozen=True, slots=True)
class KeptState:
    """A stack's state in the bucket. `live` lies where Terraform looks for it; `archived` says
    that the archive holds the same, or holds the last one where there is no live one.
    """

    key: StackKey
    live: bool
    archived: bool

    @property
    def archive(self) -> str:
        """The object in the state bucket that is the archive's."""
        return f"archive/{self.key.state_key}"


@dataclass(frozen=True, slots=True)
class Remnant:
    """Something of the account that is still there, or `known` False where AWS would not say."""

    kind: str
    what: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Offboarding:
    """One account: why it goes, and all that is to be accounted for.

    `refused` says that nothing is done, because the account is open. `file` is its file as long as
    there is one. `done` is what this run has changed, line by line.
    """

    account: AccountId
    name: str
    why: str
    refused: bool = False
    file: Path | None = None
    states: tuple[KeptState, ...] = ()
    remnants: tuple[Remnant, ...] = ()
    done: tuple[str, ...] = ()
    fix: str = ""
