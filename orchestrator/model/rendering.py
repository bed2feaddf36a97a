"""A rendered Terraform root, before it is on disk."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.model.names import StackKey


@dataclass(frozen=True, slots=True)
class Rendering:
    """File names and texts of one stack, and a SHA-256 over them and the modules they call.

    `binaries` are files that are no text, and count as well.
    """

    key: StackKey
    files: tuple[tuple[str, str], ...]
    """In name order."""
    digest: str
    binaries: tuple[tuple[str, bytes], ...] = ()
