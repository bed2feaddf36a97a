"""A file as records, in constant memory, from any offset on; gzip or not."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from orchestrator.logs.ingest.formats import auditd

LONGEST = 1024 * 1024
"""Bytes of a line, and of a record. What is longer comes in pieces that are not events."""

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


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """The file's bytes, uncompressed as they are read."""
    with file.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
        if not packed:
            yield stream
            return
        with gzip.open(stream) as unpacked:
            yield cast("BinaryIO", unpacked)


def skip(stream: BinaryIO, offset: int) -> None:
    """Go on to `offset`. In a compressed file, all before it is read and forgotten."""
    stream.seek(offset)


def records(stream: BinaryIO, offset: int = 0) -> Iterator[Raw]:
    """The records from here on: lines, those that go on indented, audit events, XML events."""
    return _Grouping(offset).records(stream)


@dataclass(slots=True)
class _Grouping:
    """Records that are not complete yet, in order of their first lines."""

    offset: int
    number: int = 0
    waiting: list[Raw] = field(default_factory=list)
    xml: list[str] = field(default_factory=list)
    xml_line: int = 0

    def records(self, stream: BinaryIO) -> Iterator[Raw]:
        try:
            while piece := stream.readline(LONGEST):
                start, self.offset = self.offset, self.offset + len(piece)
                self.number += 1
                yield from self._line(piece, start)
        except (OSError, EOFError, zlib.error) as error:
            yield from self._flush(self.offset)
            yield Raw("", self.number + 1, problem=f"gzip: {type(error).__name__}")
            return
        if self.xml:
            self.waiting.append(Raw("\n".join(self.xml), self.xml_line))
        yield from self._flush(self.offset)

    def _line(self, piece: bytes, start: int) -> Iterator[Raw]:
        text = piece.decode("utf-8", "backslashreplace").rstrip("\r\n").replace("\0", "\\x00")
        if len(piece) == LONGEST and not piece.endswith(b"\n"):
            yield from self._flush(start)
            yield Raw(text, self.number, self.offset, problem=f"longer than {LONGEST} bytes")
        elif self.xml or text.lstrip("\ufeff \t").startswith("<Event "):
            yield from self._xml_line(text, start)
        elif WRAPPER.fullmatch(text):
            return
        elif text[0] in " \t" and self.waiting and self._fits(text):
            self.waiting[-1].text += f"\n{text}"
        elif key := auditd.key(text) if text.startswith(("type=", "node=")) else "":
            yield from self._audit_line(text, key, start)
        else:
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
