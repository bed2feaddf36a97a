"""Lines as plain text, for trackers whose texts are none of markup, or are shown as they are."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.findings.tickets.ticket import Content, Line
from orchestrator.findings.tickets.trackers.api import fitted


def text_of(lines: Iterable[Line]) -> str:
    return "\n".join(_line(line) for line in lines)


def _line(line: Line) -> str:
    value = " ".join(line.value.split())
    return f"{'- ' if line.bullet else ''}{line.text} {value}".rstrip()


def body(content: Content, longest: int) -> str:
    """The key alone on the first line, which no value can be, and what fits below it."""
    lines = fitted(content, text_of, longest - len(content.key) - 1)
    return f"{content.key}\n{text_of(lines)}"[:longest]


def keyed(text: object, key: str) -> bool:
    """Whether a line of `text` is the key."""
    return isinstance(text, str) and key in text.splitlines()
