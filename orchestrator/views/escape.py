"""Values are data: what an account is called can never become markup."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")


def markdown(value: str) -> str:
    """`value` on one line, with every character that Markdown or HTML could take for markup
    escaped.
    """
    return (
        _MARKUP.sub(r"\\\1", " ".join(value.split())).replace("\\<", "&lt;").replace("\\>", "&gt;")
    )


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
