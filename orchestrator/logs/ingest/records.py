"""A file as records, in constant memory, from any offset on; gzip or not."""

from __future__ import annotations

import codecs
import io
import re
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from evtx import PyEvtxParser

from orchestrator.logs.ingest import documents
from orchestrator.logs.ingest.batch import BLOCK, Reading
from orchestrator.logs.ingest.formats import auditd

if TYPE_CHECKING:
    from typing_extensions import Buffer

LONGEST = 1024 * 1024
"""Bytes of a line, and of a record. What is longer is not an event."""

KEPT = 65536
"""Characters that are kept of it; the rest is in the file that its line is named of."""

WHOLE = LONGEST
PEEK = 65536
WINDOWS = b"ElfFile\0"

RATIO, FREE = 400, 64 * 1024 * 1024
"""A gzip file may unpack to so many times its size, or to so many bytes. Logs that repeat
themselves reach 100; what is made to fill memory or disks reaches 1,000."""

OPEN = 16
"""So many audit records may lie between the lines of one."""

UNKNOWN = -1
WRAPPER = re.compile(
    r"\ufeff?\s*(<\?xml[^>]*\?>)?\s*</?Events[^>]*>\s*|\ufeff?<\?xml[^>]*\?>\s*|\s*"
)
"""Lines that only hold records together. Like empty lines, they are not records."""


@dataclass(slots=True)
class Raw:
    """A record's lines. `end` is where reading can go on after it, UNKNOWN in between others."""

    text: str
    line: int
    end: int = UNKNOWN
    key: str = ""
    """What tells it from others of the same line, or what its lines have in common."""
    problem: str = ""


class Bomb(OSError):
    """A small file that unpacks to very much."""


class Made(io.RawIOBase):
    """Bytes that are made as they are read. What goes wrong is kept in `failure`, and ends them."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._left = blocks, b""
        self.failure: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill the buffer, so that a look ahead sees as much as it holds."""
        view, filled = memoryview(buffer), 0
        while filled < len(view):
            while not self._left and self.failure is None:
                try:
                    self._left = next(self._blocks)
                except StopIteration:
                    return filled
                except (OSError, EOFError, zlib.error, RuntimeError) as error:
                    self.failure = error
            if not self._left:
                return filled
            data, self._left = self._left[: len(view) - filled], self._left[len(view) - filled :]
            view[filled : filled + len(data)] = data
            filled += len(data)
        return filled


def failure(stream: BinaryIO) -> Exception | None:
    """What has ended a stream before its end."""
    raw = getattr(stream, "raw", None)
    return raw.failure if isinstance(raw, Made) else None


@contextmanager
def unpacked(file: Path) -> Iterator[BufferedReader]:
    """The file's bytes, uncompressed as they are read; text of two bytes a letter as UTF-8."""
    with cast("BufferedReader", file.open("rb", WHOLE)) as stream:
        start = stream.peek(2)[:2]
        if start == b"\x1f\x8b":
            yield _made(_unzipped(stream))
        elif start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            yield _made(_recoded(stream))
        else:
            yield stream


@contextmanager
def opened(file: Path) -> Iterator[BufferedReader]:
    """The file as lines: of a document, or of a log of Windows, each record on one."""
    with unpacked(file) as stream:
        head = beginning(stream)
        if head.startswith(WINDOWS):
            yield _made(_windows(stream))
        elif documents.is_document(head) or documents.is_results(head):
            yield _made(line.encode("utf-8", "backslashreplace") for line in _lines(stream))
        else:
            yield stream


def beginning(stream: BufferedReader) -> bytes:
    """The first bytes, without reading on: of JSON as many as a record may have."""
    head = stream.peek(PEEK)
    return head[:WHOLE] if documents.begins(head) else head[:4096]


def _made(blocks: Iterator[bytes]) -> BufferedReader:
    return BufferedReader(cast("io.RawIOBase", Made(blocks)), WHOLE)


def _lines(stream: BinaryIO) -> Iterator[str]:
    """The last one has no end if the document ends in the middle of it."""
    waiting: documents.Line | None = None
    wrong: Exception | None = None
    try:
        for line in documents.lines(stream):
            if waiting is not None:
                yield f"{waiting.text}\n"
            waiting = line
    except (OSError, EOFError, zlib.error) as error:
        wrong = error
    if waiting is not None:
        yield waiting.text if waiting.broken else f"{waiting.text}\n"
    wrong = wrong or failure(stream)
    if wrong is not None:
        raise wrong


def _unzipped(stream: BinaryIO) -> Iterator[bytes]:
    """The members of a gzip file, one behind the other. Raises EOFError where it is cut off."""
    unpacker = zlib.decompressobj(31)
    fresh = True
    packed = made = 0
    while data := stream.read(BLOCK):
        packed += len(data)
        while data:
            if made > max(FREE, RATIO * packed):
                raise Bomb(f"unpacks to more than {RATIO} times its size")
            if unpacker.eof:
                data = data.lstrip(b"\0") if fresh else data
                if not data:
                    break
                unpacker, fresh = zlib.decompressobj(31), False
            if block := unpacker.decompress(data, BLOCK):
                made += len(block)
                yield block
            data = unpacker.unconsumed_tail or unpacker.unused_data
            fresh = unpacker.eof
    if not unpacker.eof:
        raise EOFError


def _recoded(stream: BinaryIO) -> Iterator[bytes]:
    for text in io.TextIOWrapper(stream, "utf-16", "backslashreplace", newline=""):
        yield text.encode("utf-8", "backslashreplace")


def _windows(stream: BinaryIO) -> Iterator[bytes]:
    """A binary log of Windows by the package evtx. A damaged record comes as what is wrong."""
    with TemporaryFile() as copy:
        if not stream.seekable():
            shutil.copyfileobj(stream, copy)
            copy.seek(0)
        source = stream if stream.seekable() else copy
        found = iter(PyEvtxParser(source, number_of_threads=1).records_json())
        while True:
            try:
                record = next(found)
            except StopIteration:
                break
            except RuntimeError as error:
                yield f"evtx: {' '.join(str(error).split())}\n".encode()
                continue
            text = str(record["data"] if record else "").replace("\n", " ")
            yield text.encode("utf-8", "backslashreplace") + b"\n"
    if (wrong := failure(stream)) is not None:
        raise wrong


def skip(stream: BinaryIO, offset: int) -> None:
    """Go on to `offset`. In a compressed file, all before it is read and forgotten."""
    while offset > 0 and (data := stream.read(min(offset, BLOCK))):
        offset -= len(data)


def records(stream: BinaryIO, offset: int = 0) -> Iterator[Raw]:
    """The records from here on: lines, those that go on indented, audit events, XML events."""
    return Grouping(Reading(offset)).records(stream)


@dataclass(slots=True)
class Grouping:
    """Records that are not complete yet, in order of their first lines.

    Whenever a record with an `end` is given, `reading` has the digest of all before that.
    """

    reading: Reading
    offset: int = 0
    number: int = 0
    waiting: list[Raw] = field(default_factory=list)
    xml: list[str] = field(default_factory=list)
    xml_line: int = 0
    open: int = 0
    """Bytes of a last line that had no end, which are in the digest as well."""
    long: bool = False
    """In the middle of a line that is too long."""

    def records(self, stream: BinaryIO) -> Iterator[Raw]:
        self.offset = self.reading.start
        read, take = stream.readline, self.reading.take
        piece = b""
        while following := read(LONGEST):
            piece = following
            start, self.offset = self.offset, self.offset + len(piece)
            if self.long:
                take(piece)
                if piece.endswith(b"\n"):
                    self.long, piece = False, b""
                    yield from self._flush(self.offset)
                continue
            self.number += 1
            if not piece.endswith(b"\n") and len(piece) < LONGEST:
                break
            yield from self._line(piece, start)
            take(piece)
        wrong = failure(stream)
        if piece and not self.long and not piece.endswith(b"\n") and len(piece) < LONGEST:
            self.open = len(piece)
            yield from self._last(piece, wrong)
        elif wrong is not None:
            yield from self._flush(self.offset)
            yield Raw("", self.number + 1, self.offset, problem=_cut(wrong))
        if self.xml:
            self.waiting.append(Raw("\n".join(self.xml), self.xml_line))
        yield from self._flush(self.offset)

    def _last(self, piece: bytes, wrong: Exception | None) -> Iterator[Raw]:
        """A line that the file ends in. Where it was cut off, it is not all of the line."""
        if wrong is None:
            yield from self._line(piece, self.offset - len(piece))
            self.reading.take(piece)
            return
        if self.xml:
            self.waiting.append(Raw("\n".join(self.xml), self.xml_line))
            self.xml = []
        yield from self._flush(self.offset - len(piece))
        self.reading.take(piece)
        yield Raw(_text(piece), self.number, self.offset, problem=_cut(wrong))

    def _line(self, piece: bytes, start: int) -> Iterator[Raw]:
        text = _text(piece)
        first = text[:1]
        if len(piece) == LONGEST and not piece.endswith(b"\n"):
            yield from self._flush(start)
            why = f"longer than {LONGEST} bytes"
            self.waiting.append(Raw(text[:KEPT], self.number, problem=why))
            self.long = True
        elif self.xml or (first in "<\ufeff \t" and text.lstrip("\ufeff \t").startswith("<Event ")):
            yield from self._xml_line(text, start)
        elif first in "<\ufeff \t" and WRAPPER.fullmatch(text):
            return
        elif first in " \t" and self.waiting and self._fits(text):
            self.waiting[-1].text += f"\n{text}"
        elif first in "tn" and (
            key := auditd.key(text) if text.startswith(("type=", "node=")) else ""
        ):
            yield from self._audit_line(text, key, start)
        else:
            if self.waiting:
                yield from self._flush(start)
            self.waiting.append(Raw(text, self.number))

    def _fits(self, text: str) -> bool:
        return len(self.waiting[-1].text) + len(text) < LONGEST

    def _audit_line(self, text: str, key: str, start: int) -> Iterator[Raw]:
        for each in self.waiting:
            if each.key == key and len(each.text) + len(text) < LONGEST:
                each.text += f"\n{text}"
                return
        if len(self.waiting) >= OPEN or not all(each.key for each in self.waiting):
            yield from self._flush(start)
        self.waiting.append(Raw(text, self.number, key=key))

    def _xml_line(self, text: str, start: int) -> Iterator[Raw]:
        if not self.xml:
            yield from self._flush(start)
            self.xml_line = self.number
        self.xml.append(text)
        if "</Event>" in text or sum(map(len, self.xml)) > LONGEST:
            *events, last = "\n".join(self.xml).split("</Event>")
            self.waiting += [
                Raw(f"{each.strip()}</Event>", self.xml_line, key=str(number))
                for number, each in enumerate(events)
            ]
            if not WRAPPER.fullmatch(last):
                self.waiting.append(Raw(last.strip(), self.xml_line))
            self.xml = []

    def _flush(self, end: int) -> Iterator[Raw]:
        """All that waits, in order; after the last of them, reading can go on at `end`."""
        waiting, self.waiting = self.waiting, []
        if waiting:
            waiting[-1].end = end
        yield from waiting


def _text(piece: bytes) -> str:
    text = piece.decode("utf-8", "backslashreplace").rstrip("\r\n")
    return text.replace("\0", "\\x00") if "\0" in text else text


def _cut(wrong: Exception) -> str:
    if isinstance(wrong, Bomb):
        return str(wrong)
    return "cut off" if isinstance(wrong, EOFError) else f"damaged: {type(wrong).__name__}"
