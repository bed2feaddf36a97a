"""Accounts as AWS Organizations has them, and what an account leaves behind when it goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from orchestrator.model.names import AccountId, StackKey
from orchestrator.model.organization import Account, Organization


class Standing(StrEnum):
    """Whether an account can be worked in. Source: Organizations API Reference, Account."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    PENDING_CLOSURE = "PENDING_CLOSURE"
    UNKNOWN = "UNKNOWN"
    """A word that AWS did not have when this was written."""


@dataclass(frozen=True, slots=True)
class Member:
    """An account of the organization. `parent` is the id of its OU, or of the root."""

    id: AccountId
    name: str
    email: str
    standing: Standing
    parent: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Branch:
    """An OU. `parent` is the id of the OU above, or of the root."""

    id: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class Landscape:
    """The whole organization. Every branch comes after its parent; members are in id order."""

    id: str
    root: str
    management: AccountId
    branches: tuple[Branch, ...]
    members: tuple[Member, ...]


CLOSING = (Standing.SUSPENDED, Standing.PENDING_CLOSURE)


@dataclass(frozen=True, slots=True)
class Standings:
    """Each of them in a line with its remedy. Nothing is said of accounts that are as declared."""

    closed: Mapping[AccountId, str] = field(default_factory=dict)
    """Closed, about to be, or out of the organization: no run can work there."""
    moved: Mapping[AccountId, str] = field(default_factory=dict)
    """In another OU, whose settings do not hold for it yet."""


def compared(organization: Organization, members: Iterable[Member]) -> Standings:
    """What `members` say. Nothing, where they are not this organization's."""
    by_id = {member.id: member for member in members}
    if organization.management.id not in by_id:
        return Standings()
    paths = {unit.id: str(unit.path) or "the root" for unit in organization.units}
    ids = {unit.path: unit.id for unit in organization.units}
    closed, moved = {}, {}
    for account in organization.accounts:
        member = by_id.get(account.id)
        if member is None or member.standing in CLOSING:
            closed[account.id] = _closed(account, member)
        elif member.parent != ids.get(account.ou, member.parent):
            moved[account.id] = _moved(account, paths.get(member.parent, member.parent))
    return Standings(closed, moved)


def _closed(account: Account, member: Member | None) -> str:
    why = f"AWS Organizations calls it {member.standing}" if member else "it left the organization"
    return f"{why}\n  fix: offboard it: orchestrator offboard {account.name}"


def _moved(account: Account, where: str) -> str:
    said = account.ou or "the root"
    return (
        f"AWS has it in '{where}', account_configs/ in '{said}'\n"
        f"  fix: move its file: orchestrator vend {account.id} --write-only; or move it back; or "
        "apply it as it is written: --accept-moved"
    )


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
