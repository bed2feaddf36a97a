"""Records in pieces, each parsed on its own: by this process, or by others if there are many.

What comes back is in the order of what was given, so that reading can be resumed anywhere.
"""

from __future__ import annotations

import json
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from hashlib import sha256
from types import TracebackType
from typing import Self

import orjson

from orchestrator.logs.ingest.batch import Mark, Quarantined
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Skipped, Unparsed
from orchestrator.logs.ingest.records import Raw
from orchestrator.logs.json_path import compact, items

RECORDS, BYTES = 4_000, 1024 * 1024
"""Of a piece, at most about so many."""

ALONE = 4
"""So many pieces are parsed here before other processes are started, which takes half a second."""

Parse = Callable[[Raw, str, Context], Ocsf]
Start = Callable[[int], Executor]
"""Starts so many processes."""


@dataclass(slots=True)
class Piece:
    """Records of one file, one behind the other."""

    file: str
    known: str
    """What tells events of this file from those of another."""
    format: str
    context: Context
    records: Sequence[Raw]
    head: bytes
    """The beginning of the file."""
    mark: Mark | None
    """How far it was read."""
    name: str = ""
    """Under what that is to be kept; empty for a stream, of which nothing is."""


def full(records: Sequence[Raw], size: int) -> bool:
    """Whether a piece has enough records or characters."""
    return len(records) >= RECORDS or size >= BYTES


@dataclass(slots=True)
class Parsed:
    """Rows by class, one JSON object a line, and what did not become one."""

    rows: dict[int, list[bytes]] = field(default_factory=dict)
    bad: list[Quarantined] = field(default_factory=list)
    flagged: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    read: int = 0

    @property
    def size(self) -> int:
        return sum(len(row) for rows in self.rows.values() for row in rows)


def parsed(piece: Piece, parse: Parse) -> Parsed:
    found = Parsed(read=len(piece.records))
    for raw in piece.records:
        try:
            event = parse(raw, piece.format, piece.context)
        except Unparsed as error:
            found.bad.append(Quarantined(piece.file, raw.line, str(error), raw.text))
            continue
        except Skipped as reason:
            found.skipped[str(reason)] += 1
            continue
        class_uid = event["class_uid"]
        assert isinstance(class_uid, int)  # noqa: S101
        metadata = event["metadata"]
        assert isinstance(metadata, dict)  # noqa: S101
        if "labels" in metadata:
            found.flagged.update(str(label) for label in items(metadata, "labels"))
        identity = f"{piece.known}\0{raw.line}\0{raw.key}\0{raw.text}"
        uid = sha256(identity.encode("utf-8", "backslashreplace")).hexdigest()[:32]
        found.rows.setdefault(class_uid, []).append(row(event, raw.text, uid))
    return found


def row(event: Ocsf, raw: str, uid: str) -> bytes:
    """The event as a line of JSON in the lake's columns; the record itself goes with it."""
    metadata = event["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101
    metadata["uid"] = uid
    event["raw_data"] = raw
    unmapped = event.get("unmapped")
    try:
        if unmapped:
            event["unmapped"] = orjson.dumps(unmapped).decode()
        return orjson.dumps(event)
    except TypeError:
        # Half a surrogate pair is not Unicode, and not Parquet: it is written as an escape is
        # read. So is a number of more than 64 bits.
        if unmapped:
            event["unmapped"] = compact(unmapped)
        return json.dumps(event, ensure_ascii=False).encode("utf-8", "backslashreplace")


class Workers:
    """Parses pieces, several at a time when there are enough of them."""

    def __init__(self, parse: Parse, start: Start | None, processes: int = 0) -> None:
        self._parse, self._start = parse, start
        self._processes = processes or min(4, len(os.sched_getaffinity(0)))
        self._pool: Executor | None = None
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def each(self, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, Parsed]]:
        """Every piece, without its records, and what was made of it."""
        under_way: deque[tuple[Piece, Future[Parsed]]] = deque()
        for piece in pieces:
            self._count += 1
            if self._start is None or self._processes < 2 or self._count <= ALONE:
                yield piece, parsed(piece, self._parse)
                continue
            if self._pool is None:
                self._pool = self._start(self._processes)
            under_way.append((piece, self._pool.submit(parsed, piece, self._parse)))
            if len(under_way) > 2 * self._processes:
                first, future = under_way.popleft()
                yield first, future.result()
        while under_way:
            first, future = under_way.popleft()
            yield first, future.result()


def by_name(counted: Mapping[int, int]) -> Counter[str]:
    return Counter({str(uid): count for uid, count in counted.items()})
