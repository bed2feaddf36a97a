"""A fleet divided among the jobs of a CI: `ci shards`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from orchestrator import config
from orchestrator.app import selection as selecting
from orchestrator.app.project import Project
from orchestrator.errors import NothingSelected
from orchestrator.model import dates
from orchestrator.model.names import AccountId

LARGEST_MATRIX = 256
"""Jobs a workflow run may have in a matrix. Source: GitHub Docs, "Running variations of jobs"."""


def shards(project: Project, words: Sequence[str], most: int, least: int, only: int | None) -> str:
    """The matrix of the accounts that `words` select, or the words that select one share of them.

    Where a change affects nothing, the matrix and the words are empty: that is not a mistake here.
    """
    organization = config.load(project.configs, dates.today())
    try:
        keys = selecting.chosen(project, organization, words)
    except NothingSelected:
        keys = ()
    found = shares((key.account_id for key in keys), most, least) if keys else ()
    of = " ".join(words)
    if only is None:
        return matrix(found, of)
    return selection(found[only - 1], of) if only <= len(found) else ""


def shares(
    accounts: Iterable[AccountId], most: int, least: int = 1
) -> tuple[tuple[AccountId, ...], ...]:
    """At most `most` shares, as large as each other, none of them smaller than `least` need be.

    Each account has an order of preference among the shares, made from its id alone, and goes to
    the first that has room: so an account that comes or goes moves few others, and what a share's
    machine has kept stays of use.
    """
    everyone = sorted(set(accounts), key=lambda account: _rank(account, -1))
    count = min(most, max(1, len(everyone) // least))
    room = -(-len(everyone) // count)
    found: list[list[AccountId]] = [[] for _ in range(count)]
    for account in everyone:
        open_ = (number for number in range(count) if len(found[number]) < room)
        found[min(open_, key=lambda number: _rank(account, number))].append(account)
    return tuple(tuple(sorted(share)) for share in found if share)


def _rank(account: AccountId, number: int) -> bytes:
    return hashlib.sha256(f"{account}/{number}".encode()).digest()


def selection(share: Sequence[AccountId], of: str) -> str:
    """The words that select a share of what `of` selects."""
    ids = " ".join(share)
    return ids if of == "all" else f"({ids}) and ({of})"


def matrix(shares: Sequence[Sequence[AccountId]], of: str) -> str:
    """For `strategy.matrix` of GitHub Actions, on one line."""
    include = [
        {"shard": number, "accounts": len(share), "selection": selection(share, of)}
        for number, share in enumerate(shares, 1)
    ]
    return json.dumps({"include": include}, separators=(",", ":"))
