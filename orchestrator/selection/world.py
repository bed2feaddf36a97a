"""All that can be selected, and how names are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from orchestrator.model.names import StackKey
from orchestrator.model.organization import Account, Organization
from orchestrator.selection.mistakes import Miss
from orchestrator.selection.records import Records


@dataclass(frozen=True)
class World:
    """All that can be selected, and what is known of it."""

    organization: Organization
    stacks: tuple[StackKey, ...]
    records: Records

    @cached_property
    def universe(self) -> frozenset[StackKey]:
        return frozenset(self.stacks)

    def of_accounts(self, accounts: Iterable[Account]) -> frozenset[StackKey]:
        ids = {account.id for account in accounts}
        return frozenset(key for key in self.stacks if key.account_id in ids)


@dataclass(frozen=True, slots=True)
class Found:
    """The stacks a word means; `gone` are named by it, too, but not in the organization."""

    stacks: frozenset[StackKey]
    gone: frozenset[StackKey] = frozenset()


Meaning = Callable[[World, str], Found | Miss]
"""What stands behind the colon, to the stacks it means."""


def is_glob(text: str) -> bool:
    return any(character in text for character in "*?[")


def fits(name: str, pattern: str) -> bool:
    """Whether `pattern` is `name`, or a glob that fits it; capital letters matter."""
    return name == pattern or (is_glob(pattern) and fnmatchcase(name, pattern))
