"""Where changes are reviewed before they are merged."""

from __future__ import annotations

from typing import Protocol

from orchestrator.model.comment import Comment


class Forge(Protocol):
    """GitHub or GitLab, as a job that runs there sees it. Raises NotTold, UsageError."""

    def comments(self) -> tuple[Comment, ...]:
        """Our own on the change this job is about, the oldest first; nobody else's."""
        ...

    def write(self, body: str, instead: Comment | None) -> None:
        """Comment on the change this job is about, `instead` of a comment that is there."""
        ...

    def merged(self) -> tuple[Comment, ...] | None:
        """Our own on the change whose merge made this job's commit; None if none did."""
        ...

    def scanned(self, log: str) -> None:
        """Hand over what was found in this job's commit, as SARIF."""
        ...
