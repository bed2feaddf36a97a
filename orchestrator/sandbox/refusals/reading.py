"""What a request says, as typed members of its operation's input shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import EnvironHeaders
from moto.core.utils import get_service_model
from werkzeug.datastructures import MultiDict

from orchestrator.sandbox.exchange import Exchange

UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, RequestParserError)
"""What moto's parsers stumble over when a member has the wrong type."""


def read(exchange: Exchange) -> Mapping[str, Any]:
    """The members that were given. Raises one of UNREADABLE."""
    call = exchange.call
    model = get_service_model(call.service).operation_model(call.operation)
    parser = PROTOCOL_PARSERS[call.protocol](model)
    found = parser.parse(
        {
            "method": exchange.text("REQUEST_METHOD"),
            "values": _values(exchange),
            "headers": EnvironHeaders(exchange.environ),
            "body": exchange.body,
            "url_path": exchange.text("PATH_INFO"),
            "url_params": dict(call.path_parameters),
        }
    )
    return found or {}


def _values(exchange: Exchange) -> MultiDict[str, str]:
    pairs = parse_qsl(exchange.text("QUERY_STRING"), keep_blank_values=True)
    if exchange.call.protocol in ("query", "ec2"):
        pairs += parse_qsl(exchange.body.decode("utf-8", "replace"), keep_blank_values=True)
    return MultiDict(pairs)
