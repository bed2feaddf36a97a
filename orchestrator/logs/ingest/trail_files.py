"""CloudTrail's records of a file, one a line, from where an earlier ingest has stopped."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import cast

from orchestrator.logs.ingest.batch import (
    Mark,
    Progress,
    Quarantined,
    Reading,
    beginning_of,
    continued,
    name_of,
    passed_by,
)
from orchestrator.logs.ingest.records import KEPT, Bomb, failure, opened, unpacked
from orchestrator.logs.lake.duck import BETWEEN, FIRST, HEAD, LINES, TAIL

LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is cut into records at once, and not read piece by piece."""

PART = 16 * 1024 * 1024

MAYBE_BLANK = (b"\r", b"\n\n", b"\n ", b"\n\t", b"\n\v", b"\n\f")
"""What lines that are blank begin or end with, after the first."""


@dataclass(slots=True)
class Part:
    """Records of a file that follow each other, and how far it was read with them."""

    place: str
    """The file, and from which byte on."""
    data: bytes
    """Without a last newline."""
    marks: list[tuple[str, Mark]] = field(default_factory=list)
    bad: list[Quarantined] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.data.count(b"\n") + 1 if self.data else 0


def parts(file: Path, progress: Progress) -> Iterator[Part]:
    """What is new of a file; nothing if all of it is known."""
    with _lines(file) as (stream, cut):
        marks = progress.marks(beginning_of(stream)) or progress.old_marks(file)
        reading = continued(stream, marks)
        if reading.done:
            return
        if reading.position == reading.start:
            yield from _read(stream, str(file), reading, cut=cut)
            return
    with _lines(file) as (stream, cut):
        yield from _read(stream, str(file), passed_by(stream, reading.start), cut=cut)


@contextmanager
def _lines(file: Path) -> Iterator[tuple[BufferedReader, bool]]:
    """The file as lines, and whether its last one is cut off as far as is known now."""
    data = _whole(file)
    # With a newline anywhere else, it is not as CloudTrail writes it.
    if data is not None and b"\n" not in data.rstrip():
        split = _split(data)
        lines = io.BytesIO(split)
        yield BufferedReader(cast("io.RawIOBase", lines)), not split.endswith(b"\n")
        return
    with opened(file) as stream:
        yield stream, False


def _whole(file: Path) -> bytes | None:
    """All of a file that begins as CloudTrail's do, as far as it can be read; None for others, and
    for one of more than LARGEST.
    """
    if (data := _unzipped(file)) is not None:
        return data if data.startswith(HEAD + FIRST) else None
    with unpacked(file) as stream:
        if stream.peek(1024)[:1024].startswith(HEAD + FIRST):
            data = stream.read(LARGEST)
            if not stream.peek(1):
                return data
    return None


def _unzipped(file: Path) -> bytes | None:
    """A gzip file at once, which is quicker than block by block. None if that cannot be: for what
    is no gzip, damaged, of several members or too large.
    """
    if file.stat().st_size > PART:
        return None
    unpacker = zlib.decompressobj(31)
    try:
        data = unpacker.decompress(file.read_bytes(), LARGEST)
    except zlib.error:
        return None
    return data if unpacker.eof and not unpacker.unused_data else None


def _split(data: bytes) -> bytes:
    """A file as CloudTrail writes it, cut at the borders of its records; quicker than parsing.

    The last line has no end if the file has none.
    """
    data = data.rstrip()
    whole = data.endswith(b"}" + TAIL)
    body = data[len(HEAD) : -len(TAIL)] if whole else data[len(HEAD) :]
    lines = body.replace(BETWEEN, LINES)
    return lines + b"\n" if whole or _complete(lines.rpartition(b"\n")[2]) else lines


def _complete(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _read(stream: BufferedReader, file: str, reading: Reading, *, cut: bool) -> Iterator[Part]:
    place = f"{file} from byte {reading.start}" if reading.start else file
    size = before = reading.start
    number = 0
    while True:
        data = stream.read(PART)
        if data and not data.endswith(b"\n"):
            data += stream.readline(LARGEST)
        wrong = failure(stream)
        part = Part(place, data)
        if len(data) >= LARGEST and not data.endswith(b"\n"):
            part.data, _, long = data.rpartition(b"\n")
            size += len(data)
            reading.take(data)
            size += _passed_over(stream, reading)
            part.marks.append(_mark(reading, size, size))
            text = long[:KEPT].decode("utf-8", "backslashreplace")
            why = f"longer than {LARGEST} bytes"
            part.bad.append(Quarantined(place, number + part.count + 1, why, text))
            number += data.count(b"\n") + 1
            yield part
            continue
        whole = data.endswith(b"\n") or not data
        last = b"" if whole else data.rpartition(b"\n")[2]
        if not whole and (cut or wrong is not None or not _complete(last)):
            complete, _, partial = data.rpartition(b"\n")
            part.data, data = complete, data[: len(data) - len(partial)]
            _take(part, reading, data, size := size + len(data))
            resume = size
            reading.take(partial)
            size += len(partial)
            part.marks.append(_mark(reading, size, resume))
            text = partial.decode("utf-8", "backslashreplace")
            part.bad.append(Quarantined(place, number + part.count + 1, "cut off", text))
            yield part
            return
        if not data:
            if wrong is not None:
                said = "cut off" if isinstance(wrong, EOFError) else type(wrong).__name__
                said = str(wrong) if isinstance(wrong, Bomb) else said
                part.bad.append(Quarantined(place, number + 1, f"not read: {said}", ""))
            if wrong is not None or size == before:
                part.marks.append(_mark(reading, size, size))
                yield part
            return
        part.data = _without_blank_lines(data)
        _take(part, reading, data, size := size + len(data))
        number += data.count(b"\n")
        yield part


def _passed_over(stream: BufferedReader, reading: Reading) -> int:
    """The bytes of the rest of a line."""
    size = 0
    while piece := stream.readline(PART):
        reading.take(piece)
        size += len(piece)
        if piece.endswith(b"\n"):
            break
    return size


def _without_blank_lines(data: bytes) -> bytes:
    if data[:1].isspace() or any(each in data for each in MAYBE_BLANK):
        return b"\n".join(line for line in data.splitlines() if line.strip())
    return data.removesuffix(b"\n")


def _take(part: Part, reading: Reading, data: bytes, size: int) -> None:
    reading.take(data)
    part.marks.append(_mark(reading, size, size))


def _mark(reading: Reading, size: int, resume: int) -> tuple[str, Mark]:
    return name_of(reading.head[:size]), Mark(size, reading.digest.hexdigest(), resume)
