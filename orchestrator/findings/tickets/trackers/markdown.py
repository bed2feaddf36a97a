"""Lines in the Markdown of GitHub and GitLab: values as code, where nothing is markup or a mention.

Source: GitHub Flavored Markdown Spec, 6.1 Code spans; GitHub Docs, "Basic writing and formatting
syntax": mentions and references; GitLab Docs, "GitLab Flavored Markdown".
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.findings.tickets.ticket import Content, Line
from orchestrator.findings.tickets.trackers.api import fitted


def account_label(key: str) -> str:
    """'orchestrator-111122223333': what an account's tickets are found by. At most 50 characters.

    A label for each control and account would be thousands of them.
    """
    return "-".join(key.split("-")[:2])


def mark(key: str) -> str:
    """A line that only machines see, and that no value can hold: it stands alone."""
    return f"<!-- {key} -->"


def marked(body: object, key: str) -> bool:
    """Whether a line of `body` is the mark of `key`."""
    return isinstance(body, str) and mark(key) in body.splitlines()


def code(value: str) -> str:
    """`value` as a code span. One line, without a backtick: it cannot end the span."""
    one_line = " ".join(value.split()).replace("`", "'")
    return f"`{one_line}`" if one_line else ""


def text_of(lines: Iterable[Line]) -> str:
    return "\n".join(_line(line) for line in lines)


def _line(line: Line) -> str:
    text = f"{line.text} {code(line.value)}".rstrip()
    return f"- {text}" if line.bullet else f"\n{text}"


def body(content: Content, longest: int) -> str:
    """Mark and lines, within `longest` characters."""
    first = mark(content.key)
    return f"{first}\n{text_of(fitted(content, text_of, longest - len(first) - 1))}"
