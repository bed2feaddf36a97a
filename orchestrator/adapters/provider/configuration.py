"""The provider's configuration: a root's provider blocks, as Terraform hands them over, with keys.

Blocks are read from the rendered root. That is not a reader of HCL: it knows strings, lists and
maps of strings and nested blocks, which is all that is rendered, and refuses everything else.
Terraform hands over every attribute there is, null where not said.
A run's credentials take the place of a profile, so they are neither in a process's environment nor
in Terraform's memory, and end with the lease.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import msgpack

from orchestrator.adapters.provider.messages_pb2 import Block, NestedBlock, Schema

Value: TypeAlias = "str | list[str] | dict[str, str] | ProviderBlock"
ProviderBlock = dict[str, "Value"]

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


def read_blocks(folder: Path) -> Mapping[str, ProviderBlock]:
    """The provider blocks of a root by alias, '' for the one without. Raises Unknown."""
    for path in folder.iterdir():
        if path.name == FILE or not path.name.endswith((".tf", ".tf.json", ".tofu")):
            continue
        if not path.name.endswith(".tf") or ANY_PROVIDER.search(path.read_text("utf-8")):
            raise Unknown(f"{path.name} may have a provider block, too")
    return parse((folder / FILE).read_text("utf-8"))


def parse(text: str) -> Mapping[str, ProviderBlock]:
    """Raises Unknown."""
    tokens = _tokens(text)
    found: dict[str, ProviderBlock] = {}
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


def _block(tokens: list[Token]) -> ProviderBlock:
    """What follows an opening brace, and the closing one."""
    block: ProviderBlock = {}
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


Object = dict[str, object]

MANY = frozenset({NestedBlock.LIST, NestedBlock.SET})


def packed(said: ProviderBlock, schema: Schema) -> bytes:
    """The configuration as msgpack. Raises blocks.Unknown."""
    return bytes(msgpack.packb(_object(said, schema.block)))


def _object(said: ProviderBlock, schema: Block) -> Object:
    nested = {each.type_name: each for each in schema.block_types}
    whole: Object = {attribute.name: None for attribute in schema.attributes}
    whole |= {name: _nested(None, each) for name, each in nested.items()}
    for name, value in said.items():
        if name not in whole:
            raise Unknown(f"a provider block has '{name}', which its schema has not")
        whole[name] = _nested(value, nested[name]) if name in nested else value
    return whole


def _nested(said: Value | None, schema: NestedBlock) -> object:
    if said is None:
        return [] if schema.nesting in MANY else {} if schema.nesting == NestedBlock.MAP else None
    if schema.nesting not in MANY or not isinstance(said, dict):
        raise Unknown(f"a provider block has a block '{schema.type_name}' of another kind")
    return [_object(dict(said), schema.block)]


Config = dict[str, object]


@dataclass(frozen=True, slots=True)
class Keys:
    """Printing them shows nothing of what they are."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str = field(repr=False)


class Lacking(ValueError):
    """A configuration for which the run has no credentials."""


def of_run(env: Mapping[str, str]) -> Mapping[str, Keys]:
    """The profiles of the run's credentials file; '' is what its environment holds itself."""
    parser = configparser.RawConfigParser()
    if file := env.get("AWS_SHARED_CREDENTIALS_FILE"):
        parser.read(Path(file), "utf-8")
    found = {name: _keys(parser[name]) for name in parser.sections()}
    if env.get("AWS_ACCESS_KEY_ID") and env.get("AWS_SECRET_ACCESS_KEY"):
        found[""] = Keys(
            env["AWS_ACCESS_KEY_ID"],
            env["AWS_SECRET_ACCESS_KEY"],
            env.get("AWS_SESSION_TOKEN", ""),
        )
    return {name: keys for name, keys in found.items() if keys.access_key and keys.secret_key}


def _keys(section: Mapping[str, str]) -> Keys:
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    return Keys(*(section.get(name, "") for name in names))


def unpack(packed: bytes) -> Config:
    """A configuration as a mapping. Unknown values stay what they are, an extension type."""
    config: object = msgpack.unpackb(packed, raw=False, strict_map_key=False)
    if not isinstance(config, dict):
        raise Lacking("the provider's configuration is not a mapping")
    return config


def fill(packed: bytes, run: Mapping[str, Keys]) -> bytes:
    """The configuration with keys instead of its profile. Raises Lacking."""
    config = unpack(packed)
    if config.get("access_key") is not None:
        return packed
    profile = config.get("profile") or ""
    if not isinstance(profile, str) or profile not in run:
        what = f"profile '{profile}'" if profile else "a provider without a profile"
        raise Lacking(f"the run has no credentials for {what}")
    keys = run[profile]
    config |= {
        "profile": None,
        "access_key": keys.access_key,
        "secret_key": keys.secret_key,
        "token": keys.token or None,
    }
    return bytes(msgpack.packb(config))
