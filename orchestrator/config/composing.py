"""The YAML parser's events to a value: composing it ourselves keeps the line of every key.

A subset of YAML: one document, whose root is a mapping; no anchors, aliases, merge keys or tags;
no key twice. What is written is what holds, in this file and on this line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from orchestrator.config.documents import Json, KeyPath, dotted
from orchestrator.config.scalars import Ambiguous, scalar
from orchestrator.errors import Problem

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
