"""Names and patterns of names, as waves and exceptions write them."""

from __future__ import annotations

from fnmatch import fnmatchcase


def is_glob(text: str) -> bool:
    """Whether `text` is a pattern; names of accounts and OUs hold none of these characters."""
    return any(character in text for character in "*?[")


def matches(name: str, pattern: str) -> bool:
    """Whether `pattern` is `name`, or a pattern that fits it; capital letters matter."""
    return name == pattern or fnmatchcase(name, pattern)


def below(ou: str, pattern: str) -> bool:
    """Whether `pattern` fits the OU at path `ou` or one above it."""
    parts = ou.split("/") if ou else []
    return any(matches("/".join(parts[:count]), pattern) for count in range(1, len(parts) + 1))
