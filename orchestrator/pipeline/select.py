"""Which accounts a command is about. Everything must be asked for by name, or by 'all'."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from orchestrator.errors import UsageError
from orchestrator.model.organization import Account, Organization

ALL = "all"


def select(organization: Organization, words: Sequence[str]) -> tuple[Account, ...]:
    """The accounts named by name or id, in id order.

    Raises UsageError when nothing is named, or something that is no account.
    """
    if not words:
        raise UsageError("no account is named", f"name accounts, or say '{ALL}'")
    if ALL in words:
        return organization.accounts
    unknown = [word for word in words if not _named(organization, word)]
    if unknown:
        raise UsageError(
            f"no account is called {', '.join(map(repr, unknown))}",
            _near(organization, unknown[0]),
        )
    return tuple(a for a in organization.accounts if a.name in words or a.id in words)


def _named(organization: Organization, word: str) -> bool:
    return any(word in (account.name, account.id) for account in organization.accounts)


def _near(organization: Organization, word: str) -> str:
    names = [account.name for account in organization.accounts]
    near = get_close_matches(word, names, n=3) or sorted(names)[:5]
    return f"did you mean {', '.join(near)}? `orchestrator accounts` lists them all"
