"""Which operation of which service a request asks for, by its host and its form.

A host may be a virtual-hosted bucket or S3 Control's account prefix. Clients reach us as their
HTTP proxy, so any name below our domain arrives here without DNS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from urllib.parse import parse_qs, parse_qsl, quote, unquote

from botocore.exceptions import UnknownServiceError
from moto.core.request import Request
from moto.core.routing import NotFound, get_service_router
from moto.core.utils import get_service_model

from orchestrator.sandbox.exchange import Answer, Call, Exchange, Handle, plain

DOMAIN = "aws.test"
LOCAL = frozenset({DOMAIN, "localhost", "127.0.0.1"})
SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]*)/([^/,]+)/aws4_request")
CONTROL_PATH = "/v20180820/"


def hosts(inner: Handle) -> Handle:
    """Turn every form of addressing into the one that moto takes: path-style."""

    def handle(exchange: Exchange) -> Answer:
        host = exchange.text("HTTP_HOST").partition(":")[0].lower()
        prefix = host.removesuffix(f".{DOMAIN}")
        if host not in LOCAL and prefix == host:
            return plain(404, "SandboxUnknownHost", f"the sandbox is not '{host}'")
        _address(exchange, "" if host in LOCAL else prefix)
        return inner(exchange)

    return handle


def scope(exchange: Exchange) -> tuple[str, str, str]:
    """Access key id, region and service that the request is signed for; '' where unsigned."""
    authorization = exchange.text("HTTP_AUTHORIZATION")
    match = SCOPE.search(authorization) if authorization else None
    if not match:
        return _presigned(exchange.text("QUERY_STRING"))
    return match[1], match[2], match[3]


def _presigned(query: str) -> tuple[str, str, str]:
    """The same of a URL that was signed in advance, in its new or in S3's old form."""
    if match := SCOPE.search(unquote(query)) if "X-Amz-Credential=" in query else None:
        return match[1], match[2], match[3]
    if "AWSAccessKeyId=" in query:
        return parse_qs(query)["AWSAccessKeyId"][0], "", "s3"
    return "", "", ""


def _address(exchange: Exchange, prefix: str) -> None:
    _, region, service = scope(exchange)
    path = exchange.text("PATH_INFO")
    if path.startswith("/_sandbox/") or (service not in ("s3", "") and not prefix):
        return
    if path.startswith(CONTROL_PATH) and service == "s3":
        account = prefix if prefix.isdigit() else exchange.text("HTTP_X_AMZ_ACCOUNT_ID")
        exchange.environ["HTTP_HOST"] = f"{account}.s3-control.{region}.amazonaws.com"
    elif service == "s3" or (not service and prefix):
        exchange.environ["HTTP_HOST"] = f"s3.{region or 'us-east-1'}.amazonaws.com"
        if prefix:
            exchange.environ["PATH_INFO"] = f"/{prefix}{path}"
            raw = exchange.text("RAW_URI")
            exchange.environ["RAW_URI"] = f"/{quote(prefix)}{raw if raw.startswith('/') else '/'}"


FORM = "application/x-www-form-urlencoded"

SERVICES = {
    "access-analyzer": "accessanalyzer",
    "aoss": "opensearchserverless",
    "email": "ses",
    "es": "opensearch",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "sso": "sso-admin",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
"""botocore's name where it is not the one a request is signed for."""

VERSIONS = {("elbv2", "2012-06-01"): "elb"}
"""Classic load balancers are signed for as newer ones are; the version tells them apart."""

PREFIXES = {"monitoring": "cloudwatch", "email": "ses", "tagging": "tag"}
"""The prefix of IAM actions where it is not the name a request is signed for.

Source: Service Authorization Reference.
"""


def resolve(exchange: Exchange) -> Call:
    """Name the call; `operation` is '' when the service has no such operation."""
    _, region, signed = scope(exchange)
    if not signed and exchange.text("HTTP_HOST").startswith("s3."):
        signed = "s3"
    service = SERVICES.get(signed, signed)
    if service == "s3" and exchange.text("PATH_INFO").startswith(CONTROL_PATH):
        service = "s3control"
    if service == "apigateway" and exchange.text("PATH_INFO").startswith("/v2/"):
        service = "apigatewayv2"
    if service == "ses" and exchange.text("PATH_INFO").startswith("/v2/"):
        service = "sesv2"
    call = Call(service, PREFIXES.get(signed, signed), region=region or "us-east-1")
    target = exchange.text("HTTP_X_AMZ_TARGET")
    if target:
        return replace(call, operation=target.rpartition(".")[2], protocol="json")
    if exchange.text("CONTENT_TYPE").startswith(FORM) and service not in ("s3", "s3control"):
        form = dict(parse_qsl(exchange.body.decode("utf-8", "replace")))
        action, known = form.get("Action", ""), VERSIONS.get((service, form.get("Version", "")))
        called = replace(call, service=known or service, operation=action)
        return replace(called, protocol="ec2" if service == "ec2" else "query")
    return _routed(exchange, call)


@cache
def protocol(service: str) -> str:
    """The protocol in which the service answers; '' for a service that AWS does not have."""
    try:
        return str(get_service_model(service).protocol)
    except (UnknownServiceError, ValueError):
        return ""


def _routed(exchange: Exchange, call: Call) -> Call:
    known = protocol(call.service) if call.service else ""
    if not known:
        return call
    action = parse_qs(exchange.text("QUERY_STRING")).get("Action", [""])[0]
    call = replace(call, protocol=known, operation=action)
    if known in ("json", "query", "ec2"):
        return call
    try:
        operation, parameters = get_service_router(call.service).match(Request(exchange.environ))
    except (NotFound, NotImplementedError):
        return call
    return replace(call, operation=operation.name, path_parameters=parameters)


def parameters(exchange: Exchange) -> Mapping[str, object]:
    """What the call is given, names as AWS writes them; bodies in XML are not read."""
    call = exchange.call
    if call.protocol in ("query", "ec2"):
        pairs = parse_qsl(exchange.body.decode("utf-8", "replace"), keep_blank_values=True)
        pairs += parse_qsl(exchange.text("QUERY_STRING"), keep_blank_values=True)
        return {key: value for key, value in pairs if key not in ("Action", "Version")}
    found: dict[str, object] = dict(call.path_parameters)
    found.update(parse_qsl(exchange.text("QUERY_STRING"), keep_blank_values=True))
    if call.protocol in ("json", "rest-json") and exchange.body[:1] == b"{":
        found.update(_json(exchange.body))
    return found


def _json(body: bytes) -> dict[str, object]:
    try:
        parsed = json.loads(body)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
