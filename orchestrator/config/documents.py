"""A YAML file as a plain value that knows the line of each of its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
KeyPath: TypeAlias = "tuple[str | int, ...]"


@dataclass(frozen=True, slots=True)
class Document:
    """One file of account_configs/.

    `file` is as people see it, from the project's root on. `lines` has every key and list item,
    also those whose value could not be read and is therefore missing in `value`.
    """

    file: Path
    value: dict[str, Json]
    lines: Mapping[KeyPath, int]

    def line(self, path: KeyPath) -> int:
        """The line of `path`, or of the nearest mapping around it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def at(self, *path: str | int) -> Json:
        """The value at `path`, None if there is none."""
        value: Json = self.value
        for key in path:
            if isinstance(value, dict) and isinstance(key, str):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                return None
        return value

    def text(self, *path: str | int) -> str | None:
        """The text at `path`; None if there is none, or something else is there."""
        value = self.at(*path)
        return value if isinstance(value, str) else None

    def mapping(self, *path: str | int) -> dict[str, Json]:
        """The mapping at `path`; empty if there is none, or something else is there."""
        value = self.at(*path)
        return value if isinstance(value, dict) else {}

    def texts(self, *path: str | int) -> Iterator[tuple[int, str]]:
        """The texts of the list at `path`, with their positions."""
        value = self.at(*path)
        for index, item in enumerate(value if isinstance(value, list) else []):
            if isinstance(item, str):
                yield index, item


def dotted(path: KeyPath) -> str:
    """`path` as people write it: 'waves.canary.accounts[0]'."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".")
