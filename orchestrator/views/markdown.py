"""Markdown that no value can break, and that fits where it is read.

Values are data: what an account is called can never become markup. A page never grows beyond what
its reader takes, and says what it leaves out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")


def markdown(value: str) -> str:
    """`value` on one line, with every character that Markdown or HTML could take for markup
    escaped.
    """
    return (
        _MARKUP.sub(r"\\\1", " ".join(value.split())).replace("\\<", "&lt;").replace("\\>", "&gt;")
    )


def plain(value: str) -> str:
    """On one line, and without characters that a terminal obeys."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def fenced(lines: Sequence[str], language: str = "") -> str:
    """Lines as a block of code, in which nothing is markup: no line can end it.

    Characters that cannot be printed are blanks.
    """
    clean = ["".join(c if c.isprintable() else " " for c in line) for line in lines]
    longest = max((len(ticks) for line in clean for ticks in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}{language}", *clean, fence])


def code(value: str, limit: int = 0) -> str:
    """`value` as code on one line, at most `limit` bytes of it.

    In code nothing is markup, and GitHub makes no link, mention or emoji of it. The fence is longer
    than every one inside.
    """
    shown = value if value.isprintable() else "".join(c if c.isprintable() else " " for c in value)
    line = " ".join(shown.split())
    line = clipped(line, limit) if limit else line
    if "`" not in line:
        return f"`{line or '(empty)'}`"
    fence = "`" * (max(map(len, re.findall("`+", line))) + 1)
    return f"{fence} {line} {fence}"


def clipped(line: str, limit: int) -> str:
    """`line`, or as much of it as fits into `limit` bytes with an ellipsis."""
    raw = line.encode()
    if len(raw) <= limit:
        return line
    return raw[: limit - len("…".encode())].decode(errors="ignore") + "…"


class Kind(StrEnum):
    """What a line tells, for the count of what is left out."""

    CHANGE = "change"
    VALUE = "value"
    REASON = "reason"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Detail:
    """A line that may be left out, and how many things it tells of."""

    kind: Kind
    line: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A headline, which is kept for as long as there is room, and what stands below it.

    `stacks` says how many stacks are lost with the whole section.
    """

    headline: str
    details: tuple[Detail, ...]
    stacks: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What did not fit: whole sections, the stacks in them, and details of the others by kind."""

    sections: int
    stacks: int
    details: Mapping[Kind, int]

    def __bool__(self) -> bool:
        return bool(self.sections or any(self.details.values()))


@dataclass(slots=True)
class _Room:
    """Bytes, which are never fewer than characters."""

    left: int

    def take(self, line: str) -> bool:
        size = len(line.encode()) + 1
        if size > self.left:
            return False
        self.left -= size
        return True


@dataclass(slots=True)
class _Kept:
    section: Section
    lines: list[str] = field(default_factory=list)
    missing: Counter[Kind] = field(default_factory=Counter)


def fit(
    head: Sequence[str],
    sections: Sequence[Section],
    tail: Callable[[LeftOut], str],
    limit: int,
    reserve: int,
) -> str:
    """The page, at most `limit` bytes long; headlines come before the details of any section.

    `head` and, within `reserve`, `tail` always fit: they are short whatever they tell of.
    """
    room = _Room(limit - reserve - sum(len(line.encode()) + 1 for line in head))
    kept = []
    for section in sections:
        if not room.take(section.headline):
            break
        kept.append(_Kept(section))
    for each in kept:
        _fill(each, room)
    left_out = _left_out(sections, kept)
    lines = [line for each in kept for line in (each.section.headline, *each.lines)]
    return "\n".join([*head, *lines, *([tail(left_out)] if left_out else [])])


def _fill(kept: _Kept, room: _Room) -> None:
    for detail in kept.section.details:
        if not kept.missing and room.take(detail.line):
            kept.lines.append(detail.line)
        else:
            kept.missing[detail.kind] += detail.count


def _left_out(sections: Sequence[Section], kept: Sequence[_Kept]) -> LeftOut:
    lost = sections[len(kept) :]
    missing = sum((each.missing for each in kept), Counter[Kind]())
    return LeftOut(len(lost), sum(section.stacks for section in lost), missing)
