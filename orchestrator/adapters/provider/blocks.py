"""The provider blocks of a rendered root, as the values they say.

Not a reader of HCL: it knows strings, lists and maps of strings and nested blocks, which is all
that is rendered, and refuses everything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

Value: TypeAlias = "str | list[str] | dict[str, str] | Block"
Block = dict[str, "Value"]

TOKEN = re.compile(
    r'\s+|#[^\n]*|"((?:[^"\\$%\n]|\\.|[$%](?!\{)|\$\$\{|%%\{)*)"|([A-Za-z_][\w-]*)|([{}=\[\],])'
)
ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|(\$|%)\4\{')
PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
ANY_PROVIDER = re.compile(r"^\s*provider\b(?!\s*=)", re.MULTILINE)
FILE = "providers.tf"

Token = tuple[str, str]
"""Its kind ('text', 'name' or the sign itself) and what it says."""


class Unknown(ValueError):
    """Something in a provider block that is not among what is rendered."""


def read(folder: Path) -> Mapping[str, Block]:
    """The provider blocks of a root by alias, '' for the one without. Raises Unknown."""
    for path in folder.iterdir():
        if path.name == FILE or not path.name.endswith((".tf", ".tf.json", ".tofu")):
            continue
        if not path.name.endswith(".tf") or ANY_PROVIDER.search(path.read_text("utf-8")):
            raise Unknown(f"{path.name} may have a provider block, too")
    return parse((folder / FILE).read_text("utf-8"))


def parse(text: str) -> Mapping[str, Block]:
    """Raises Unknown."""
    tokens = _tokens(text)
    found: dict[str, Block] = {}
    while tokens:
        if [tokens.pop(0) for _ in range(min(3, len(tokens)))] != _HEAD:
            raise Unknown(f"{FILE} has more than AWS provider blocks")
        block = _block(tokens)
        alias = block.pop("alias", "")
        if not isinstance(alias, str) or alias in found:
            raise Unknown(f"{FILE} has the alias '{alias}' twice")
        found[alias] = block
    return found


_HEAD = [("name", "provider"), ("text", "aws"), ("{", "{")]


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise Unknown(f"{FILE} says something that is never rendered: '{text[at : at + 20]}'")
        at = match.end()
        if match[1] is not None:
            tokens.append(("text", ESCAPE.sub(_unescaped, match[1])))
        elif match[2]:
            tokens.append(("name", match[2]))
        elif match[3]:
            tokens.append((match[3], match[3]))
    return tokens


def _unescaped(match: re.Match[str]) -> str:
    if match[4]:
        return f"{match[4]}{{"
    return PLAIN[match[1]] if match[1] else chr(int(match[2] or match[3], 16))


def _block(tokens: list[Token]) -> Block:
    """What follows an opening brace, and the closing one."""
    block: Block = {}
    while (token := _next(tokens)) != ("}", "}"):
        kind, name = token
        if kind != "name" or name in block:
            raise Unknown(f"{FILE} has '{name}' where a new name is expected")
        follows, _ = _next(tokens)
        if follows not in ("=", "{"):
            raise Unknown(f"{FILE} has '{name}' without a value")
        block[name] = _value(tokens) if follows == "=" else _block(tokens)
    return block


def _value(tokens: list[Token]) -> Value:
    kind, said = _next(tokens)
    match kind:
        case "text":
            return said
        case "[":
            return _list(tokens)
        case "{":
            return _map(tokens)
    raise Unknown(f"{FILE} has a value that is not a text, a list or a map: '{said}'")


def _list(tokens: list[Token]) -> list[str]:
    items: list[str] = []
    while (token := _next(tokens))[0] != "]":
        if token[0] == "text":
            items.append(token[1])
        elif token[0] != ",":
            raise Unknown(f"{FILE} has a list of more than texts")
    return items


def _map(tokens: list[Token]) -> dict[str, str]:
    items: dict[str, str] = {}
    while (token := _next(tokens))[0] != "}":
        if token[0] == ",":
            continue
        sign, value = _next(tokens), _next(tokens)
        if token[0] not in ("name", "text") or sign[0] != "=" or value[0] != "text":
            raise Unknown(f"{FILE} has a map of more than texts")
        items[token[1]] = value[1]
    return items


def _next(tokens: list[Token]) -> Token:
    if not tokens:
        raise Unknown(f"{FILE} ends in the middle of a block")
    return tokens.pop(0)
