"""JSON that holds records together, as lines of one record each, in memory bound by the record.

A document may be an array, one object around a list of records, or several objects one behind the
other; and an object may be an envelope, in which records are written as text. A record that is
broken comes as the text that it is, up to where the next one begins.
Source: CloudTrail user guide, log file examples, lookup-events and Lake's query results;
EventBridge user guide, AWS service events; CloudWatch Logs user guide, subscription filters.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from orchestrator.logs.json_path import compact

LISTS = ("Records", "Events", "events", "logEvents", "Findings", "findings", "QueryResultRows")
"""What lists of records are called."""

PORTION = 1024 * 1024
LARGEST = 16 * 1024 * 1024
"""Characters of a record. CloudTrail's own limit is 256 KB, but there are other exporters."""

ROW = 2 * 1024 * 1024
"""Bytes of a row of a query's result."""

BLANK = " \t\r\n\ufeff"
LISTED = re.compile(rf'\{{\s*"(?:{"|".join(LISTS)})"\s*:\s*\[')
FIRST = re.compile(r'\{\s*("(?:[^"\\]|\\.){1,100}"\s*:)')
BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{|\[\s*[\[{\]])")


@dataclass(frozen=True, slots=True)
class Line:
    """A record without a newline in it, or the text of one that is `broken`."""

    text: str
    broken: bool = False


def begins(head: bytes) -> bool:
    """Whether a file that begins so is JSON."""
    return BEGINS.match(head) is not None


def is_document(head: bytes) -> bool:
    """Whether JSON that begins so is more than lines that are records by themselves."""
    if not begins(head):
        return False
    first, newline, _ = head.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")
    text = first.decode("utf-8", "backslashreplace").rstrip()
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        # A line that only begins a value ends where more could follow, and not inside of a string.
        begun = error.pos >= len(text) - 8 and not error.msg.startswith("Unterminated")
        several = error.msg == "Extra data" and text[error.pos : error.pos + 1] in ("{", "[")
        return not newline or begun or several
    except (ValueError, RecursionError):
        return False
    return isinstance(value, list) or (isinstance(value, dict) and unwrapped(value) is not None)


def is_results(head: bytes) -> bool:
    """Whether it is a query's result of CloudTrail Lake, as S3 has it: CSV with whole events."""
    return b"eventJson" in head.partition(b"\n")[0] and not begins(head)


def unwrapped(value: Mapping[str, object]) -> Iterable[object] | None:
    """The records in an envelope, as text or values; None if it is no envelope."""
    if isinstance(inner := value.get("CloudTrailEvent"), str):
        return [inner]
    if isinstance(inner := value.get("eventJson"), str):
        return [inner]
    if "detail" in value and "detail-type" in value:
        return _detail(value)
    if value.get("messageType") == "CONTROL_MESSAGE":
        return []
    if "eventVersion" not in value:
        for name in LISTS:
            if isinstance(listed := value.get(name), list):
                return [_message(each) for each in listed]
    return None


def _detail(value: Mapping[str, object]) -> Iterable[object] | None:
    """What EventBridge has around a record: CloudTrail's, a finding; other events stay whole."""
    detail = value["detail"]
    if not isinstance(detail, Mapping):
        return None
    if "eventVersion" in detail or "insightDetails" in detail:
        return [detail]
    findings = detail.get("findings")
    return findings if isinstance(findings, list) and findings else None


def _message(each: object) -> object:
    """A line of a log group is in `message`, of a query in a row of single columns."""
    if isinstance(each, Mapping) and isinstance(each.get("message"), str) and "eventID" not in each:
        return each["message"]
    if isinstance(each, list) and all(isinstance(column, Mapping) for column in each):
        row = {name: value for column in each for name, value in column.items()}
        return row.get("eventJson", row)
    return each


def lines(stream: BinaryIO) -> Iterator[Line]:
    """The records of a document, of JSON lines, or of a query's results. Raises what `stream` does,
    after all that was read before.
    """
    head = stream.peek(512)[:4096] if isinstance(stream, io.BufferedReader) else b""
    if is_results(head):
        yield from _results(stream)
    else:
        yield from _Document(stream).lines()


def _results(stream: BinaryIO) -> Iterator[Line]:
    csv.field_size_limit(ROW)
    rows = csv.DictReader(_rows(stream))
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(f"CSV: {error}", broken=True)
            continue
        yield from _flat(row.get("eventJson") or compact(row))


def _rows(stream: BinaryIO) -> Iterator[str]:
    """Lines of text; one that is longer than any record comes in pieces, which are no rows."""
    while piece := stream.readline(ROW):
        yield piece.decode("utf-8", "backslashreplace")


def _flat(value: object) -> Iterator[Line]:
    """A record on one line; an envelope inside of it is opened as well."""
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("{"):
            try:
                inner = json.loads(text)
            except (ValueError, RecursionError):
                yield Line(_one_line(text), broken=True)
                return
            found = unwrapped(inner) if isinstance(inner, dict) else None
            if found is not None:
                for each in found:
                    yield from _flat(each)
                return
            text = text if "\n" not in text else compact(inner)
        if text:
            yield Line(_one_line(text))
        return
    found = unwrapped(value) if isinstance(value, Mapping) else None
    if found is None:
        yield Line(compact(value))
        return
    for each in found:
        yield from _flat(each)


def _one_line(text: str) -> str:
    """A blank after each newline says that the lines belong together."""
    return re.sub(r"\r?\n(?!\s)", "\n ", text)


class _Document:
    """Text that is read as far as the next value needs."""

    def __init__(self, stream: BinaryIO) -> None:
        self._read = stream.read
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._parse: Callable[[str, int], tuple[object, int]] = json.JSONDecoder().raw_decode
        self._text, self._place = "", 0
        self._failure: Exception | None = None
        self._ended = False

    def lines(self) -> Iterator[Line]:
        listed = False
        while self._ahead(listed=listed):
            opening = LISTED.match(self._text, self._place)
            if not listed and opening:
                self._place, listed = opening.end(), True
            elif not listed and self._text[self._place] == "[":
                self._place, listed = self._place + 1, True
            elif listed and self._text[self._place] == "]":
                self._place, listed = self._place + 1, False
                self._rest_of_object()
            else:
                yield from self._value()
        if self._failure is not None:
            raise self._failure

    def _more(self) -> bool:
        """Read on; False at the end, or where the stream fails."""
        if self._ended:
            return False
        try:
            data = self._read(max(PORTION, len(self._text) - self._place))
        except (OSError, EOFError, zlib.error) as error:
            self._failure, data = error, b""
        self._ended = not data
        self._text = self._text[self._place :] + self._decoder.decode(data, self._ended)
        self._place = 0
        return bool(data)

    def _ahead(self, *, listed: bool) -> bool:
        """Go to where the next value begins; False if there is none."""
        between = f"{BLANK}," if listed else BLANK
        while True:
            while self._place < len(self._text) and self._text[self._place] in between:
                self._place += 1
            if len(self._text) - self._place > 64 or not self._more():
                if self._place < len(self._text):
                    if self._text[self._place] not in between:
                        return True
                    continue
                return False

    def _rest_of_object(self) -> None:
        """After a list, what else its object has is not a record."""
        while True:
            rest = self._text[self._place :].lstrip(BLANK)
            if rest[:1] == "}":
                self._place = len(self._text) - len(rest) + 1
                return
            if rest[:1] != ",":
                if rest or not self._more():
                    return
                continue
            try:
                _, end = self._parse("{" + rest[1:], 0)
            except (ValueError, RecursionError):
                if len(rest) > LARGEST or not self._more():
                    return
                continue
            self._place = len(self._text) - len(rest) + end
            return

    def _value(self) -> Iterator[Line]:
        while True:
            try:
                value, end = self._parse(self._text, self._place)
            except json.JSONDecodeError as error:
                if self._cut(error) and self._room() and self._more():
                    continue
                yield self._broken(error.pos, rest=self._cut(error))
                return
            except (ValueError, RecursionError):
                yield self._broken(self._place, rest=False)
                return
            if end == len(self._text) and not isinstance(value, dict | list) and self._more():
                continue
            if not isinstance(value, dict | list | str):
                yield self._broken(self._place, rest=False)
                return
            text = self._text[self._place : end]
            self._place = end
            plain = isinstance(value, dict) and "\n" not in text and unwrapped(value) is None
            yield from [Line(text)] if plain else _flat(value)
            return

    def _cut(self, error: json.JSONDecodeError) -> bool:
        """Whether the value may go on behind what has been read."""
        return error.msg.startswith("Unterminated") or error.pos >= len(self._text) - 8

    def _room(self) -> bool:
        return len(self._text) - self._place <= LARGEST

    def _broken(self, place: int, *, rest: bool) -> Line:
        """The text from here to the next object that begins as this one does, else to the end of
        its line; or all the `rest`, if nothing is wrong with it but that it ends.

        Objects inside of a record seldom have the name of its first value.
        """
        end = None
        begin = FIRST.match(self._text, self._place)
        if begin:
            again = re.compile(rf"[,\n]\s*(?=\{{\s*{re.escape(begin[1])})")
            place = max(place, begin.end()) - self._place
            while True:
                found = again.search(self._text, self._place + place)
                if found or not self._room() or not self._more():
                    break
            end = found.end() if found else None
        if end is None:
            newline = -1 if rest else self._text.find("\n", self._place)
            end = newline + 1 if newline >= 0 else len(self._text)
        text = self._text[self._place : end].rstrip(BLANK + ",")
        self._place = end
        return Line(re.sub(r"\r?\n", " ", text), broken=True)
