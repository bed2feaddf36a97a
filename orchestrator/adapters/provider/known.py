"""What is known of one provider package by now, for all runs that use it."""

from __future__ import annotations

from pathlib import Path

from orchestrator.adapters.provider import schema
from orchestrator.adapters.provider.kept import Kept
from orchestrator.adapters.provider.schema import Trimmer

SCHEMA = "GetSchema"


class Known:
    """The answers that are the same for everybody, and the configurations found good."""

    def __init__(self, cache: Path, package: str) -> None:
        self._kept = Kept(cache, package)
        self._trimmer: Trimmer | None = None

    def schema(self, types: frozenset[str] | None) -> bytes | None:
        """The schemas of `types` alone; None when no provider was asked yet."""
        if self._trimmer is None:
            whole = self._kept.get(SCHEMA)
            self._trimmer = Trimmer(whole) if whole else None
        return self._trimmer.only(types) if self._trimmer else None

    def learn_schema(self, answer: bytes) -> None:
        if schema.complete(answer):
            self._kept.put(SCHEMA, answer)

    def answer(self, method: str) -> bytes | None:
        return self._kept.get(method)

    def learn_answer(self, method: str, answer: bytes) -> None:
        self._kept.put(method, answer)

    def good(self, shape: str) -> bool:
        """Whether the provider has found nothing to say about a configuration of this shape."""
        return self._kept.get(f"good-{shape}") is not None

    def learn_good(self, shape: str) -> None:
        self._kept.put(f"good-{shape}", b"")
