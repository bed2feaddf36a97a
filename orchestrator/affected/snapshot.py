"""A checkout at one moment: what it resolves to and what is rendered from it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from orchestrator import config
from orchestrator.config import Origin
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.rendering import Rendering
from orchestrator.render import Renderer, stacks_of


class At(NamedTuple):
    """A stack by what stays when its account is renamed."""

    account: AccountId
    stack: StackName


@dataclass(frozen=True)
class Snapshot:
    """Everything is worked out when it is first asked for, and the folder must last as long."""

    root: Path
    organization: Organization
    renderer: Renderer

    @classmethod
    def read(cls, root: Path, today: date) -> Snapshot:
        """The checkout at `root`. Raises ConfigurationError."""
        organization = config.load(root / "account_configs", today)
        return cls(root, organization, Renderer(root, root / ".build"))

    @cached_property
    def stacks(self) -> Mapping[At, StackKey]:
        """In the order in which they depend on each other."""
        return {At(key.account_id, key.stack): key for key in stacks_of(self.organization)}

    @cached_property
    def accounts(self) -> Mapping[AccountId, Account]:
        return {account.id: account for account in self.organization.accounts}

    @cached_property
    def renderings(self) -> Mapping[At, Rendering]:
        organization = self.organization
        return {at: self.renderer.render(organization, key) for at, key in self.stacks.items()}

    def modules(self, at: At) -> Mapping[str, str]:
        """The modules the stack calls, with their digests."""
        return self.renderer.modules(self.renderings[at])

    @cached_property
    def templates(self) -> Mapping[str, str]:
        """The files below terraform/, with their digests."""
        folder = self.root / "terraform"
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        return {
            file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in files
        }

    @cached_property
    def origins(self) -> Mapping[AccountId, Mapping[str, Origin]]:
        """By account and key, where each value comes from."""
        explained = config.provenance(self.root / "account_configs")
        return {
            id_: {origin.key: origin for origin in explained(account.name)}
            for id_, account in self.accounts.items()
        }
