"""Which service a host name means: virtual-hosted buckets, and S3 Control's account prefix.

Clients reach us as their HTTP proxy, so any name below our domain arrives here without DNS.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, unquote

from orchestrator.sandbox.answers import plain
from orchestrator.sandbox.exchange import Answer, Exchange, Handle

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
