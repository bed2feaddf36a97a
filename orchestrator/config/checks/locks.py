"""A locked key is set by the layer that locks it, or further out, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.config import expectations
from orchestrator.config.documents import Document, Json, KeyPath
from orchestrator.config.layers import DEPTH, leaves, settings_of, split
from orchestrator.config.messages import choose
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem
from orchestrator.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Lock:
    """A key that is locked for the layers further in, and where that is written."""

    path: KeyPath
    key: str
    reason: str
    document: Document

    @property
    def where(self) -> str:
        return f"{self.document.file}:{self.document.line(('locked', self.key))}"

    def forbids(self, path: KeyPath, value: Json) -> bool:
        """Whether setting `path` would change what is locked; taking back what holds it would."""
        if path[: len(self.path)] == self.path:
            return True
        return value is None and self.path[: len(path)] == path


def check_locks(sources: Sources) -> Iterator[Problem]:
    """Locks of keys that do not exist, and locked keys that are set all the same."""
    for unit in sources.units:
        if unit.document:
            yield from _strange_locks(unit.document)
            yield from _broken_locks(unit.layer.documents)
    for account in sources.accounts:
        if account.document:
            yield from _broken_locks(account.layer.documents)


def _strange_locks(document: Document) -> Iterator[Problem]:
    for key in document.mapping("locked"):
        path = split(key)
        line = document.line(("locked", key))
        if not path:
            fix = choose(key, expectations.all_keys(Settings))
            yield Problem(document.file, line, "locked", f"unknown key '{key}'", fix)
        elif _is_inside_an_entry(path):
            what, fix = f"'{key}' is a part of an entry", "lock the whole entry"
            yield Problem(document.file, line, "locked", what, fix)


def _is_inside_an_entry(path: KeyPath) -> bool:
    depth = DEPTH
    for key in path[:-1]:
        if str(key) not in depth:
            return True
        depth = depth[str(key)]
    return False


def _broken_locks(documents: tuple[Document, ...]) -> Iterator[Problem]:
    """What the innermost of `documents` sets although one further out locks it."""
    *outer, document = documents
    locks = [lock for layer in outer for lock in _locks(layer)]
    told: set[KeyPath] = set()
    for path, value in leaves(settings_of(document)) if locks else ():
        lock = next((lock for lock in locks if lock.forbids(path, value)), None)
        if lock and lock.path not in told and value != {}:
            told.add(lock.path)
            what = f"is locked by {lock.where}: {lock.reason}"
            fix = f"remove the key here, or settle it with the owner of {lock.document.file}"
            yield Problem(document.file, document.line(path), lock.key, what, fix)


def _locks(document: Document) -> Iterator[Lock]:
    for key, reason in document.mapping("locked").items():
        if (path := split(key)) and isinstance(reason, str):
            yield Lock(path, key, reason, document)
