"""Where a call is made, for what no input says."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
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
