"""Names that files and folders of account_configs/ can have."""

from __future__ import annotations

import re
from collections.abc import Collection

UNFIT = re.compile(r"[^a-z0-9]+")
LONGEST = 50
"""Source: AWS Organizations API Reference, CreateAccount: AccountName has at most 50 characters."""


def slug(name: str) -> str:
    """'Workloads / Prod' is 'workloads-prod'; '' where nothing of the name is left."""
    return UNFIT.sub("-", name.lower()).strip("-")[:LONGEST].strip("-")


def untaken(name: str, tail: str, taken: Collection[str], fallback: str) -> str:
    """The name's slug; with `tail` behind where nothing is left of it, or somebody has it."""
    own = slug(name)
    if own and own not in taken:
        return own
    end = f"-{tail}"
    return f"{(own or fallback)[: LONGEST - len(end)].strip('-')}{end}"
