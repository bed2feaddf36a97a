"""A stack to work on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from orchestrator.model.names import StackKey
from orchestrator.model.organization import Account
from orchestrator.model.rendering import Rendering
from orchestrator.model.transient import Transient


@dataclass(frozen=True, slots=True)
class Job:
    """A stack to work on, with everything that is known of it before anything is done.

    `makes_roles` says that the stack itself makes the roles by which it is entered; `by_entry`,
    that these let nobody in any more, and somebody has said to go round them. `only` are the
    addresses that an apply may touch, and no others; all of them when it is empty.
    """

    key: StackKey
    account: Account
    rendering: Rendering
    makes_roles: bool
    by_entry: bool = False
    only: frozenset[str] = frozenset()
    failed: Counter[Transient] = field(default_factory=Counter, compare=False)
    """How often it was each of these, in all of its stages together."""
