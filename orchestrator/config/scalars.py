"""What an unquoted scalar means: the core schema of YAML 1.2, as editors read it.

Only `true` and `false` are booleans (`yes`, `no`, `on` and `off` are text), dates are text until a
key asks for a date, and a quoted scalar is always text. Two things are refused rather than
guessed: a number with leading zeros, which YAML 1.1 reads as octal, and a key without a value,
which would take back whatever the outer layers set; that is written `null`.

Source: YAML 1.2.2, 10.3.2 "Tag Resolution".
"""

from __future__ import annotations

import re

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
