"""Answers of a provider that are the same for everybody, kept on disk between runs."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from orchestrator.adapters import whole_file

DIGEST = 64
"""Characters of the digest that each file begins with, so that half a file is none."""


class Kept:
    """What is known of one provider package, in a folder named by the package's hash."""

    def __init__(self, cache: Path, package: str) -> None:
        self._folder = cache / hashlib.sha256(package.encode()).hexdigest()[:32]
        self._known: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        if name not in self._known and (content := self._read(name)) is not None:
            self._known[name] = content
        return self._known.get(name)

    def put(self, name: str, content: bytes) -> None:
        """Keep it; a cache that cannot be written is only slower."""
        self._known[name] = content
        with suppress(OSError):
            whole_file.write(self._folder / name, _digest(content) + content)

    def _read(self, name: str) -> bytes | None:
        try:
            whole = (self._folder / name).read_bytes()
        except OSError:
            return None
        digest, content = whole[:DIGEST], whole[DIGEST:]
        return content if digest == _digest(content) else None


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
