"""The YAML parser's events to a value: composing it ourselves keeps the line of every key.

A subset of YAML: one document, whose root is a mapping; no anchors, aliases, merge keys or tags;
no key twice. What is written is what holds, in this file and on this line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from orchestrator.config.documents import Document, Json, KeyPath, dotted
from orchestrator.errors import Problem

CONSTANTS: dict[str, bool | None] = {
    "null": None,
    "Null": None,
    "NULL": None,
    "~": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
MAY_BE_NUMBER = frozenset("0123456789+-.")
LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
OCTAL_OR_HEX = re.compile(r"0o[0-7]{1,300}|0x[0-9a-fA-F]{1,300}")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class Ambiguous(ValueError):
    """Readers of YAML disagree about this text."""


def scalar(text: str) -> str | int | float | bool | None:
    """The value of the unquoted `text`. Raises Ambiguous for a number with leading zeros."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if not text or text[0] not in MAY_BE_NUMBER:
        return text
    return _number(text)


def _number(text: str) -> str | int | float:
    if LEADING_ZERO.fullmatch(text):
        raise Ambiguous(text)
    if INTEGER.fullmatch(text):
        return int(text)
    if OCTAL_OR_HEX.fullmatch(text):
        return int(text, 0)
    if FLOAT.fullmatch(text):
        return _whole(float(text))
    if INFINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def _whole(number: float) -> int | float:
    """JSON Schema has one kind of number, so 1.0 and 1 must not differ here either."""
    return int(number) if number.is_integer() else number


MAX_DEPTH = 20


class TooDeep(Exception):
    """A file made to exhaust the stack; its problem has been noted."""


class Hole:
    """What stands where a value could not be read; its key keeps its line all the same."""


HOLE: Final = Hole()


class Composer:
    """Composes the value of one file, noting lines and problems on the way."""

    def __init__(self, shown: Path, events: Iterator[yaml.Event]) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        self._shown = shown
        self._events = events

    def document(self) -> dict[str, Json] | None:
        """The mapping that the file is; None, with a problem noted, if it is something else.

        Raises yaml.YAMLError if the file is not YAML, and TooDeep.
        """
        next(self._events)
        if not isinstance(next(self._events), yaml.DocumentStartEvent):
            self._refuse(1, (), "is empty", "write its keys, or remove the file")
            return None
        root = self._node(next(self._events), ())
        next(self._events)
        if isinstance(second := next(self._events), yaml.DocumentStartEvent):
            self._refuse(_line(second), (), "a second document begins", "remove the line '---'")
        if isinstance(root, dict):
            return root
        if root is not HOLE:
            self._refuse(1, (), "is not a mapping", "write lines of the form 'key: value'")
        return None

    def _refuse(self, line: int, path: KeyPath, what: str, fix: str) -> None:
        self.problems.append(Problem(self._shown, line, dotted(path), what, fix))

    def _node(self, event: yaml.Event, path: KeyPath) -> Json | Hole:
        line = _line(event)
        if len(path) > MAX_DEPTH:
            self._refuse(line, (), f"is nested deeper than {MAX_DEPTH} levels", "flatten it")
            raise TooDeep
        if isinstance(event, yaml.AliasEvent):
            what = f"alias '*{event.anchor}' is not allowed"
            self._refuse(line, path, what, "write the value here")
            return HOLE
        value = self._value(event, path)
        return value if self._is_plain(event, path) else HOLE

    def _is_plain(self, event: yaml.Event, path: KeyPath) -> bool:
        if anchor := getattr(event, "anchor", None):
            fix = "remove it, and repeat the value where it is needed"
            self._refuse(_line(event), path, f"anchor '&{anchor}' is not allowed", fix)
        if tag := getattr(event, "tag", None):
            self._refuse(_line(event), path, f"tag '{tag}' is not allowed", "remove it")
            return False
        return True

    def _value(self, event: yaml.Event, path: KeyPath) -> Json | Hole:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        assert isinstance(event, yaml.ScalarEvent)  # noqa: S101  all that is left of YAML
        if event.tag or not event.implicit[0]:
            return str(event.value)
        return self._unquoted(event.value, _line(event), path)

    def _unquoted(self, text: str, line: int, path: KeyPath) -> Json | Hole:
        if not text:
            fix = "give it a value; or write null to take back what an outer layer set"
            self._refuse(line, path, "has no value", fix)
            return HOLE
        try:
            return scalar(text)
        except Ambiguous:
            what = f"{text} begins with a zero, which some readers take for an octal number"
            self._refuse(line, path, what, f'put it in quotes: "{text}"')
            return HOLE

    def _sequence(self, path: KeyPath) -> list[Json]:
        items: list[Json] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            here = (*path, len(items))
            self.lines[here] = _line(event)
            item = self._node(event, here)
            if not isinstance(item, Hole):
                items.append(item)
        return items

    def _mapping(self, path: KeyPath) -> dict[str, Json]:
        entries: dict[str, Json] = {}
        seen: dict[str, int] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, path)
            if key is None:
                self._node(next(self._events), (*path, "<<"))
                continue
            if first := seen.get(key):
                what = f"key '{key}' stands twice, first in line {first}"
                self._refuse(_line(event), path, what, "remove one of the two")
            seen.setdefault(key, _line(event))
            self.lines[*path, key] = seen[key]
            value = self._node(next(self._events), (*path, key))
            if not isinstance(value, Hole):
                entries[key] = value
        return entries

    def _key(self, event: yaml.Event, path: KeyPath) -> str | None:
        """The key that `event` is; None, with a problem noted, if it cannot be one."""
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(_line(event), path, "a key is not plain text", "write 'key: value'")
            self._node(event, (*path, "?"))
            return None
        if event.value == "<<" and event.implicit[0]:
            fix = "repeat the keys here, or set them in an outer layer"
            self._refuse(_line(event), path, "merge key '<<' is not allowed", fix)
            return None
        if not event.value:
            self._refuse(_line(event), path, "a key is empty", "name it, or remove the line")
            return None
        self._is_plain(event, path)
        return str(event.value)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


MAX_BYTES = 1 << 20
LEADING_TAB = re.compile(r"^ *\t", re.MULTILINE)
PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it, which is about ten times as fast."""


def read(file: Path, shown: Path) -> tuple[Document | None, list[Problem]]:
    """Read `file`, called `shown` in messages. The Document is None if it is not YAML at all."""
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
        return None, [Problem(shown, 0, "", why, "check the file's permissions")]
    if len(content) > MAX_BYTES:
        return None, [Problem(shown, 0, "", "is larger than 1 MiB", "split it, or remove it")]
    try:
        return parse(content.decode("utf-8-sig"), shown)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return None, [Problem(shown, line, "", "is not UTF-8", "save the file as UTF-8")]


def parse(text: str, shown: Path) -> tuple[Document | None, list[Problem]]:
    """Read the text of a file, called `shown` in messages."""
    if tab := LEADING_TAB.search(text):
        line = text.count("\n", 0, tab.end()) + 1
        return None, [Problem(shown, line, "", "a tab indents the line", "indent with spaces")]
    composer = Composer(shown, yaml.parse(text, Loader=PARSER))
    try:
        value = composer.document()
    except yaml.YAMLError as error:
        return None, [*composer.problems, _syntax(error, text, shown)]
    except TooDeep:
        return None, composer.problems
    if value is None:
        return None, composer.problems
    return Document(shown, value, composer.lines), composer.problems


def _syntax(error: yaml.YAMLError, text: str, shown: Path) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError):
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        fix = "correct the indentation, or quote the text if it holds ': ' or ' #'"
        if "unexpected end of stream" in str(error.problem):
            fix = "close the quote that was opened above, or finish what was begun there"
        return Problem(shown, line, "", f"is not YAML: {error.problem}", fix)
    line = text.count("\n", 0, getattr(error, "position", 0)) + 1
    return Problem(shown, line, "", "holds a control character", "remove it")
