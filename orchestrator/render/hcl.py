"""Values to HCL expressions, laid out as `terraform fmt` lays them out.

The filters are the only makers of `Hcl`, and a template may print nothing else (`only_hcl`): a
value that was not asked how it is to be written does not become code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date
from enum import Enum
from itertools import groupby

from pydantic import BaseModel

from orchestrator.errors import OrchestratorError
from orchestrator.model import names
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.organization import has_address

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


LINE = 80
"""Characters up to which a list of strings and numbers stays on one line."""

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

KEYWORDS = frozenset({"for", "in", "if", "else", "endif", "endfor", "null", "true", "false"})
"""Names that mean something of their own at the beginning of a map."""


class Hcl(str):
    """Text that may stand in a Terraform file as it is. Anything done to it makes a plain str."""

    __slots__ = ()


def hcl(value: object, indent: int = 2) -> Hcl:
    """`value` as an expression. `indent` is that of the line on which the expression begins.

    Lists and maps keep their order; sets are sorted. Raises Unwritable for what HCL cannot say.
    """
    return Hcl(_expression(value, " " * indent))


def identifier(value: str) -> Hcl:
    """`value` as a bare name: 'ap-northeast-1' is `ap_northeast_1`."""
    name = names.identifier(value)
    if not IDENTIFIER.fullmatch(name):
        raise Unwritable(
            f"'{value}' cannot be made a Terraform name",
            "use letters, digits, '-', '_' and '.', and begin with a letter",
        )
    return Hcl(name)


def address(value: str) -> Hcl:
    """`value`, an instance's address as Terraform prints it, to stand where a reference may.

    Only what ADDRESS knows is let through, in which no text needs escaping.
    """
    if not has_address(value):
        raise Unwritable(f"'{value}' is not an address of Terraform's", "copy it from a plan")
    return Hcl(value)


def comment(value: str) -> Hcl:
    """`value` to stand behind a `#`: what is not printable, line ends above all, is a space."""
    return Hcl("".join(char if char.isprintable() else " " for char in value).strip())


def only_hcl(value: object) -> Hcl:
    """Refuse what did not come out of a filter; the `finalize` of the template environment."""
    if type(value) is Hcl:
        return value
    raise TypeError(f"a template prints '{value}' without a filter: add '| hcl'")


def _expression(value: object, margin: str) -> str:
    match _unwrapped(value):
        case Hcl() as twice:
            raise TypeError(f"{twice!r} is HCL already: one filter is enough")
        case Mapping() as items:
            return _map(items, margin)
        case list() | tuple() as items:
            return _list(items, margin)
        case Set() as items:
            return _list(sorted(items, key=lambda item: _expression(item, "")), margin)
        case scalar:
            return _scalar(scalar)


def _unwrapped(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    return value


def _scalar(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quote(value)
        case int():
            return str(value)
        case float() if math.isfinite(value):
            return repr(value)
        case date():
            return quote(value.isoformat())
    raise Unwritable(
        f"'{value}' ({type(value).__name__}) has no form in HCL",
        "use strings, finite numbers, booleans, dates, lists, sets and maps",
    )


def _list(values: Sequence[object], margin: str) -> str:
    inner = margin + "  "
    items = [_expression(value, inner) for value in values]
    line = f"[{', '.join(items)}]"
    if len(line) <= LINE and not any("\n" in item or item == "{}" for item in items):
        return line
    return "\n".join(["[", *(f"{inner}{item}," for item in items), f"{margin}]"])


def _map(values: Mapping[str, object], margin: str) -> str:
    if not values:
        return "{}"
    inner = margin + "  "
    items = [(_key(key), _expression(value, inner)) for key, value in values.items()]
    return "\n".join(["{", *(f"{inner}{line}" for line in _aligned(items)), f"{margin}}}"])


def _key(key: object) -> str:
    key = _unwrapped(key)
    if not isinstance(key, str):
        raise Unwritable(f"the map key {key!r} is not a string", "put it in quotes")
    return key if IDENTIFIER.fullmatch(key) and key not in KEYWORDS else quote_key(key)


def _aligned(items: Iterable[tuple[str, str]]) -> Iterable[str]:
    """Lines `key = value`, the signs below each other where values follow on single lines."""
    for broken, run in groupby(items, key=lambda item: "\n" in item[1]):
        group = list(run)
        width = 0 if broken else max(len(key) for key, _ in group)
        yield from (f"{key:<{width}} = {value}" for key, value in group)
