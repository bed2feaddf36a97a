"""Python strings to HCL strings: nothing in them is ever read as a template or ends the string.

Source: HCL native syntax specification, "Template Expressions" and "Quoted templates".
"""

from __future__ import annotations

import re

from orchestrator.errors import OrchestratorError
from orchestrator.model.exit_code import ExitCode

ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

PLAIN = re.compile(r"[ !#&-\[\]-~]*")
"""Printable ASCII but for the quote, the backslash and the two signs that begin a template."""

# Control characters, and what changes how a line looks without being seen: line separators,
# writing direction, byte order mark. Escaped, a reviewer sees them.
SPECIAL = re.compile(
    r'["\\]|[$%]+\{|[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff'
    r"\ud800-\udfff]"
)

# terraform fmt aligns map values by counting grapheme clusters in their keys. Letters outside of
# these ranges may join with their neighbours, so in a key they are escaped.
JOINING = re.compile(
    "[^\x00-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03ff\u0400-\u0482\u048a-\u052f\u3041-\u3096"
    "\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3]"
)


class Unwritable(OrchestratorError):
    """A value that has no place in a Terraform file."""

    exit_code = ExitCode.CONFIGURATION


def quote(text: str) -> str:
    """`text` as a quoted HCL string.

    Terraform reads strings in Unicode's normal form C, so a decomposed 'é' comes back composed.

    Raises Unwritable for NUL and for half of a surrogate pair, which Terraform cannot carry.
    """
    if PLAIN.fullmatch(text):
        return f'"{text}"'
    return f'"{SPECIAL.sub(_escape, text)}"'


def quote_key(text: str) -> str:
    """`text` as a quoted key, in characters whose number is the width of the key."""
    return JOINING.sub(lambda match: _by_number(match[0]), quote(text))


def _escape(match: re.Match[str]) -> str:
    found = match[0]
    if found in ESCAPES:
        return ESCAPES[found]
    if found in {"${", "%{"}:
        return found[0] + found
    # `$$${` is read in two ways by HCL's scanner and its parser; numbers leave no doubt.
    return "".join(sign if sign == "{" else _by_number(sign) for sign in found)


def _by_number(character: str) -> str:
    number = ord(character)
    if number == 0 or 0xD800 <= number <= 0xDFFF:
        raise Unwritable(
            f"a string contains the character U+{number:04X}, which Terraform cannot carry",
            "remove it from account_configs/",
        )
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
