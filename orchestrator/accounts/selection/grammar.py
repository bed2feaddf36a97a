"""The text of a selection to an expression."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TypeAlias

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from orchestrator.errors import UsageError


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


WIDTH = 76
AROUND = 30


@dataclass(frozen=True, slots=True)
class Miss:
    """A word that means nothing here, and what may have been meant."""

    what: str
    fix: str


def mistake(text: str, place: Place, what: str, fix: str) -> UsageError:
    """The error for what stands at `place` in `text`, with the place underlined."""
    line, start = _around(text, place.start)
    length = max(1, min(place.end - place.start, len(line) - start))
    return UsageError(f"selection: {what}\n  {line}\n  {' ' * start}{'^' * length}", fix)


def _around(text: str, start: int) -> tuple[str, int]:
    """The text on one line, cut to what stands around `start`; and where `start` is in it."""
    line = "".join(" " if character.isspace() else character for character in text)
    cut = max(0, start - AROUND) if len(line) > WIDTH else 0
    shown = line[cut : cut + WIDTH]
    head, tail = "… " if cut else "", " …" if cut + WIDTH < len(line) else ""
    return f"{head}{shown}{tail}", start - cut + len(head)


GRAMMAR = r"""
?any: all (_OR? all)*
?all: one (_AND one)*
?one: (_NOT | "!") one  -> no
    | "(" any ")"
    | WORD

_AND: "and"
_OR: "or"
_NOT: "not"
WORD: /([^\s()!"]|"[^"]*")([^\s()"]|"[^"]*")*/
%ignore /\s+/
"""
"""Words side by side mean 'or', as on a command line. A quotation keeps blanks and brackets."""

ALL = "all"
DEEPEST = 50
BEGINNING = "a word, 'not' or a bracket"


def parse(text: str) -> Expression:
    """What `text` says. Raises UsageError that shows where it stops to make sense."""
    if not text.strip():
        raise UsageError("nothing is selected", f"name accounts, or say '{ALL}'")
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _mistake(text, error) from None
    if _depth(tree) > DEEPEST:
        raise mistake(text, Place(0, 1), "brackets are nested too deeply", "write it with fewer")
    return _expression(tree)


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, start="any", parser="lalr", lexer="basic", propagate_positions=True)


def _mistake(text: str, error: UnexpectedInput) -> UsageError:
    end = len(text.rstrip())
    if isinstance(error, UnexpectedCharacters):
        place = Place(error.pos_in_stream or 0, end)
        return mistake(text, place, "a quotation is not closed", 'end it with "')
    assert isinstance(error, UnexpectedToken)  # noqa: S101  the lexer and the parser are all
    found = error.token
    if found.type == "$END":
        fix = "close the bracket" if "RPAR" in (error.accepts or ()) else f"add {BEGINNING}"
        return mistake(text, Place(end, end + 1), "something is missing at the end", fix)
    start = found.start_pos or 0
    stray = found.type == "RPAR" and "WORD" not in error.expected
    fix = "open a bracket before it, or leave it out" if stray else f"write {BEGINNING} before it"
    what = f"'{found}' cannot stand here"
    return mistake(text, Place(start, start + len(found)), what, fix)


def _depth(tree: Tree[Token] | Token) -> int:
    """Counted without recursion, which is what it protects."""
    depth, layer = 0, [tree]
    while layer:
        inner = chain.from_iterable(node.children for node in layer if isinstance(node, Tree))
        depth, layer = depth + 1, list(inner)
    return depth


def _expression(node: Tree[Token] | Token) -> Expression:
    if isinstance(node, Token):
        return _word(node)
    place = Place(node.meta.start_pos, node.meta.end_pos)
    parts = tuple(_expression(child) for child in node.children)
    match node.data:
        case "no":
            return Not(parts[0], place)
        case "all":
            return And(parts, place)
        case _:
            return Or(parts, place)


def _word(token: Token) -> Expression:
    start = token.start_pos or 0
    place = Place(start, start + len(token))
    if token == ALL:
        return All(place)
    kind, colon, value = token.partition(":")
    if not colon:
        kind, value = "", kind
    return Atom(_unquoted(kind), _unquoted(value), place)


def _unquoted(text: str) -> str:
    return text.replace('"', "")
