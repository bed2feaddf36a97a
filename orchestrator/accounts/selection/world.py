"""All that can be selected, and how names are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Protocol

from orchestrator.accounts.selection.grammar import Miss
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Account, Organization
from orchestrator.model.run import Outcome


class Records(Protocol):
    """Earlier runs, and what has changed between two revisions."""

    def runs(self) -> tuple[str, ...]:
        """The ids of the runs that are kept, the oldest first."""
        ...

    def outcomes(self, run: str) -> Mapping[StackKey, Outcome]:
        """What became of each stack in one of `runs`."""
        ...

    def affected(self, revisions: str) -> frozenset[StackKey]:
        """The stacks that `revisions` changes, those of removed accounts included."""
        ...


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


SHOWN = 5
MEANS_MORE = frozenset("()!")


def word(kind: str, value: str) -> str:
    """How `value` is written in a selection."""
    plain = value and not any(c.isspace() or c in MEANS_MORE for c in value)
    quoted = value if plain else f'"{value}"'
    return f"{kind}:{quoted}" if kind else quoted


def suggest(wrong: str, known: Iterable[str], kind: str = "") -> str:
    """A way out of the unknown `wrong`: the names most like it, or else the first few there are."""
    names = list(dict.fromkeys(known))
    folded = {name.lower(): name for name in reversed(names)}
    suggestions = [
        folded[match] for match in get_close_matches(wrong.lower(), folded, n=3, cutoff=0.65)
    ]
    if suggestions:
        shown = [f"'{word(kind, name)}'" for name in suggestions]
        return f"did you mean {' or '.join(shown)}?"
    if not names:
        return "there is none that could be named"
    more = ", …" if len(names) > SHOWN else ""
    return f"choose one of {', '.join(word(kind, name) for name in names[:SHOWN])}{more}"
