"""A call's input: where it is made, its members, and which of them fill an ARN template.

`arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}` is filled by FunctionName;
`topic` by Name in CreateTopic; a queue by the end of QueueUrl.
Source: Service Authorization Reference, "Resource types defined by …"; botocore's models.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request
from moto.core.utils import get_service_model

from orchestrator.sandbox.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Place:
    """Region and account of a call, and the organization the account is in."""

    region: str
    account_id: str
    organization_id: str = ""
    management_id: str = ""


Members = Mapping[str, Any]


def members(exchange: Exchange) -> Members:
    """The whole input, headers and XML included; what cannot be read is left out.

    A request whose input is not of the model's shape is judged by the parameters that could be
    read all the same: the service refuses it afterwards.
    """
    call = exchange.call
    try:
        model = get_service_model(call.service).operation_model(call.operation)
        parser = PROTOCOL_PARSERS[call.protocol](model)
        found: Members = parser.parse(_request(exchange))
    except Exception:  # noqa: BLE001  whatever moto's parser stumbles over
        return exchange.parameters
    return found


def _request(exchange: Exchange) -> dict[str, object]:
    protocol = exchange.call.protocol
    if protocol == "json":
        return {"body": exchange.body}
    if protocol in ("query", "ec2"):
        pairs = parse_qsl(exchange.body.decode("utf-8", "replace"), keep_blank_values=True)
        pairs += parse_qsl(exchange.text("QUERY_STRING"), keep_blank_values=True)
        return {"values": dict(pairs)}
    request = Request({**exchange.environ, "wsgi.input": io.BytesIO(exchange.body)})
    return {
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": exchange.body,
        "url_path": request.path,
        "url_params": exchange.call.path_parameters,
    }


PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
EVERYWHERE = frozenset({"Partition", "Region", "Account"})
ENDINGS = ("", "name", "id", "identifier", "arn", "url", "names", "ids", "identifiers", "arns", "s")
RELATED = ("name", "id", "identifier", "arn", "names", "ids", "identifiers", "arns")
GENERIC = ("name", "id", "identifier", "arn", "names", "ids", "arns")
OF_TAGS = ("resourcearn", "resource", "resourceid", "resourcename", "resourceidentifier")
DEEPEST = 2

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A placeholder, and the members that may fill it, best first."""

    name: str
    paths: tuple[Path, ...]
    related: tuple[Path, ...] = ()
    """Members whose name ends alike: TargetDBSnapshotIdentifier. All of them are meant."""


@dataclass(frozen=True, slots=True)
class Template:
    """A type of resource as an operation names it. `pattern` matches any ARN of the type."""

    type: str
    text: str
    pattern: re.Pattern[str]
    slots: tuple[Slot, ...]

    @property
    def nameable(self) -> bool:
        """Whether the operation has a member for the last placeholder."""
        return not self.slots or bool(self.slots[-1].paths or self.slots[-1].related)


def plain(text: str) -> str:
    """'db-instance_Name' and 'DBInstanceName' are one name."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def template(kind: str, text: str, leaves: tuple[Path, ...], operation: str) -> Template:
    names = [name for name in PLACEHOLDER.findall(text) if name not in EVERYWHERE]
    slots = tuple(
        _slot(name, kind if index == len(names) - 1 else "", leaves, operation)
        for index, name in enumerate(names)
    )
    return Template(kind, text, pattern(text), slots)


@cache
def pattern(text: str) -> re.Pattern[str]:
    """A regular expression for the ARNs that a template stands for."""
    parts = PLACEHOLDER.split(text)
    found = ""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            found += re.escape(part)
        elif part in EVERYWHERE:
            found += "[^:]*"
        else:
            found += ".+" if index == len(parts) - 2 else "[^:/]+"
    return re.compile(found, re.DOTALL)


def _slot(name: str, kind: str, leaves: tuple[Path, ...], operation: str) -> Slot:
    by_name: dict[str, list[Path]] = {}
    for path in leaves:
        by_name.setdefault(plain(path[-1]), []).append(path)
        if len(path) > 1:
            by_name.setdefault(plain("".join(path[-2:])), []).append(path)
    found = dict.fromkeys(
        path
        for text, anywhere in _spellings(name, kind, operation)
        for path in by_name.get(text, ())
        if anywhere or len(path) == 1
    )
    stem = _stem(name)
    if found or len(stem) < 3:
        return Slot(name, tuple(found))
    ends = tuple(stem + ending for ending in RELATED)
    return Slot(name, (), tuple(path for path in leaves if plain(path[-1]).endswith(ends)))


def _stem(name: str) -> str:
    text = plain(name).removesuffix("withpath").removesuffix("withoutleadingslash")
    return re.sub(r"(name|id|identifier|arn)$", "", text)


SAME: Mapping[str, tuple[str, ...]] = {
    "objectname": ("key",),
    "securitygroupid": ("groupid", "groupids"),
    "samlprovidername": ("samlproviderarn",),
    "oidcprovidername": ("openidconnectproviderarn",),
}
"""Where a member is called by quite another word than the placeholder."""


def _spellings(name: str, kind: str, operation: str) -> Iterator[tuple[str, bool]]:
    """With each, whether it is meant wherever it stands or only as a member of the input itself.

    `kind` is '' for a placeholder that is not the last.
    """
    yield plain(name), True
    yield from ((text, True) for text in SAME.get(plain(name), ()))
    stem = _stem(name)
    if stem:
        yield from ((stem + ending, True) for ending in ENDINGS)
    if not kind:
        return
    yield from ((plain(kind) + ending, True) for ending in ENDINGS)
    yield from ((text, False) for text in OF_TAGS)
    # The operation is about this type, so that a mere 'Name' means its name.
    if any(word in plain(operation) for word in (plain(kind), stem) if word):
        yield from ((text, False) for text in GENERIC)


def leaves(shape: Any) -> tuple[Path, ...]:
    """Paths to texts and lists of texts, at most two members deep."""
    return tuple(_leaves(shape, ())) if shape is not None else ()


def _leaves(shape: Any, above: Path) -> Iterator[Path]:
    later: list[tuple[Any, Path]] = []
    for name, member in shape.members.items():
        inner = member.member if member.type_name == "list" else member
        if inner.type_name == "string":
            yield (*above, name)
        elif inner.type_name == "structure" and len(above) < DEEPEST - 1:
            later.append((inner, (*above, name)))
    for inner, path in later:
        yield from _leaves(inner, path)


def values(members: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    """The texts at a path, through lists; none where it is not given."""
    found: list[Any] = [members]
    for name in path:
        flat = [each for one in found for each in (one if isinstance(one, list) else [one])]
        found = [one[name] for one in flat if isinstance(one, dict | Mapping) and name in one]
    flat = [each for one in found for each in (one if isinstance(one, list) else [one])]
    return tuple(each for each in flat if isinstance(each, str) and each)
