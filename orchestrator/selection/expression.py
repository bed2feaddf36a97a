"""A selection as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the text, in characters; `end` is behind the last of them."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class All:
    place: Place


@dataclass(frozen=True, slots=True)
class Atom:
    """One word: `kind` is what stands before the first colon, '' where there is none."""

    kind: str
    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class Not:
    inner: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Expression, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Expression, ...]
    place: Place


Expression: TypeAlias = All | Atom | Not | And | Or
