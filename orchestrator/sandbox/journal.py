"""The file of requests: one JSON line each, turned over when it has grown too large."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TextIO

NAME = "requests.jsonl"
LIMIT = 64 * 1024 * 1024


class Journal:
    """Appends entries. At `limit` bytes the file becomes `requests.1.jsonl`, the older one goes."""

    def __init__(self, home: Path, limit: int = LIMIT) -> None:
        self._file = home / NAME
        self._limit = limit
        self._lock = threading.Lock()
        self._stream = self._open()
        self._size = self._stream.tell()

    def write(self, entry: Mapping[str, object]) -> None:
        line = json.dumps(entry, separators=(",", ":"), default=str) + "\n"
        with self._lock:
            if self._size + len(line) > self._limit:
                self._turn_over()
            self._stream.write(line)
            self._stream.flush()
            self._size += len(line)

    def _open(self) -> TextIO:
        self._file.touch(mode=0o600)
        return self._file.open("a", encoding="utf-8")

    def _turn_over(self) -> None:
        self._stream.close()
        self._file.replace(older(self._file))
        self._stream = self._open()
        self._size = 0


def older(file: Path) -> Path:
    return file.with_name("requests.1.jsonl")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted. Operation and principal are globs; '' is anything.

    An operation may be given with its service: 'sts:AssumeRole'.
    """

    account: str = ""
    operation: str = ""
    principal: str = ""
    errors: bool = False
    dropped: bool = False

    def wants(self, entry: Mapping[str, object]) -> bool:
        if self.account and entry.get("account") != self.account:
            return False
        if self.errors and not entry.get("error"):
            return False
        if self.dropped and not entry.get("why"):
            return False
        name = str(entry.get("operation"))
        full = name if ":" not in self.operation else f"{entry.get('service')}:{name}"
        return _globbed(self.operation, full) and _globbed(
            self.principal, str(entry.get("principal"))
        )


def _globbed(pattern: str, value: str) -> bool:
    return not pattern or fnmatchcase(value.lower(), pattern.lower())


def read(home: Path, wanted: Filter | None = None) -> Iterator[dict[str, object]]:
    """The entries that are wanted, oldest first. A line half written by a killed server is left
    out."""
    current = home / NAME
    for file in (older(current), current):
        if file.exists():
            with file.open(encoding="utf-8") as stream:
                yield from filter((wanted or Filter()).wants, filter(None, map(_parsed, stream)))


def _parsed(line: str) -> dict[str, object] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def line(entry: Mapping[str, object]) -> str:
    """An entry for people: when, where, who, what, and what came of it; of a delivery, why not."""
    if entry.get("why"):
        where = f"{entry.get('account') or '-':<12} {entry.get('region'):<14}"
        way = f"{entry.get('source')} -> {entry.get('target')}"
        return f"{entry.get('time')} {where} {way} {entry.get('error')}: {entry.get('why')}"
    who = str(entry.get("principal")).rpartition(":")[2] or "(nobody)"
    call = f"{entry.get('service')}:{entry.get('operation') or entry.get('path')}"
    outcome = entry.get("error") or entry.get("status")
    where = f"{entry.get('account') or '-':<12} {entry.get('region'):<14}"
    return f"{entry.get('time')} {where} {call} {outcome} {who}"
