"""What boto3 does not do with AWS's answers: unknown members, and pages.

botocore drops what its models do not know, without a word. A fix that reads a structure, changes a
part of it and writes it back would then delete what AWS has added since the models were made. So
unknown members are kept and sent back; botocore's check of parameters refuses to send them, nothing
is changed, and the fix says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ParamValidationError
from botocore.parsers import (
    BaseCBORParser,
    BaseJSONParser,
    BaseXMLResponseParser,
    EC2QueryParser,
    JSONParser,
    QueryParser,
    ResponseParserFactory,
    RestJSONParser,
    RestXMLParser,
    RpcV2CBORParser,
)
from botocore.session import Session

UNKNOWN = "Unknown parameter"
"""How botocore begins to say that a model lacks what is to be sent."""
ENVELOPE = frozenset({"__type", "requestId", "RequestId", "ResponseMetadata", "HostId"})
"""What protocols put around an answer."""


class Unmodelled(str):
    """The name of a member, as AWS has it, that the models do not know."""

    __slots__ = ()


def keep_unmodelled(session: Session) -> None:
    """Let clients that are made of `session` from now on keep what models do not know."""
    session.register_component("response_parser_factory", _Parsers())


def unmodelled(value: Any, path: str = "") -> Iterator[str]:
    """Where in what was read from AWS there is something that the models do not know."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            where = f"{path}.{key}" if path else str(key)
            if isinstance(key, Unmodelled):
                yield where
            else:
                yield from unmodelled(inner, where)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from unmodelled(inner, f"{path}[]")


def is_unmodelled(error: Exception) -> bool:
    """Whether a request was not sent because it holds what the models do not know."""
    return isinstance(error, ParamValidationError) and UNKNOWN in str(error)


def _kept(parsed: Any, shape: Any, found: Mapping[str, Any], names: set[str]) -> Any:
    """`parsed`, with those of `found` that are not among the `names` of the shape's members.

    Of a tagged union botocore itself keeps the name of what it does not know.
    """
    if isinstance(parsed, dict) and not shape.is_tagged_union:
        for name in found.keys() - names - ENVELOPE:
            parsed[Unmodelled(name)] = found[name]
    return parsed


class _Json(BaseJSONParser):
    def _handle_structure(self, shape: Any, value: Any) -> Any:
        parsed = super()._handle_structure(shape, value)  # type: ignore[misc]
        if value is None or shape.is_document_type:
            return parsed
        members = shape.members.items()
        names = {member.serialization.get("name", name) for name, member in members}
        return _kept(parsed, shape, value, names)


class _Cbor(BaseCBORParser):
    def _handle_structure(self, shape: Any, node: Any) -> Any:
        parsed = super()._handle_structure(shape, node)  # type: ignore[misc]
        return _kept(parsed, shape, node, set(shape.members))


class _Xml(BaseXMLResponseParser):
    _node_tag: Callable[[Any], str]
    _member_key_name: Callable[[Any, str], str]

    def _handle_structure(self, shape: Any, node: Any) -> Any:
        parsed = super()._handle_structure(shape, node)  # type: ignore[misc]
        if shape.metadata.get("exception"):
            return parsed
        found = {self._node_tag(child): _plain(self, child) for child in node}
        members = shape.members.items()
        names = {self._member_key_name(member, name) for name, member in members}
        return _kept(parsed, shape, found, names)


def _plain(parser: Any, node: Any) -> Any:
    """An element of which nothing is known: its text, or its children by name."""
    if not len(node):
        return node.text or ""
    return {parser._node_tag(child): _plain(parser, child) for child in node}


class _JsonParser(_Json, JSONParser): ...


class _RestJsonParser(_Json, RestJSONParser): ...


class _CborParser(_Cbor, RpcV2CBORParser): ...


class _QueryParser(_Xml, QueryParser): ...


class _Ec2Parser(_Xml, EC2QueryParser): ...


class _RestXmlParser(_Xml, RestXMLParser): ...


PARSERS = {
    "ec2": _Ec2Parser,
    "json": _JsonParser,
    "query": _QueryParser,
    "rest-json": _RestJsonParser,
    "rest-xml": _RestXmlParser,
    "smithy-rpc-v2-cbor": _CborParser,
}
"""By the protocol's name, as in botocore.parsers."""


class _Parsers(ResponseParserFactory):
    _defaults: dict[str, Any]

    def create_parser(self, protocol_name: str) -> Any:
        return PARSERS[protocol_name](**self._defaults)


def by_token(
    call: Callable[..., Any], key: str, name: str = "NextToken", **arguments: Any
) -> Iterator[Any]:
    """Everything under `key`, page after page; a page may be empty and still announce a next.

    `name` is what the service calls the token.
    """
    following: dict[str, Any] = {}
    while True:
        page = call(**arguments, **following)
        yield from page.get(key, ())
        if not page.get(name):
            return
        following = {name: page[name]}
