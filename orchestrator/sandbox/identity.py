"""The layer that knows the caller: no key, no answer; and never another account's state."""

from __future__ import annotations

from urllib.parse import parse_qs

from orchestrator.sandbox.answers import expired, unknown_key, unsigned
from orchestrator.sandbox.exchange import Answer, Exchange, Handle
from orchestrator.sandbox.hosts import scope
from orchestrator.sandbox.principals import ExpiredKey, UnknownKey, identify

ACCOUNT_HEADER = "HTTP_X_MOTO_ACCOUNT_ID"
"""moto takes the account from here and then never falls back to its default account."""


def identity(inner: Handle) -> Handle:
    """Find the principal of each request, or refuse it."""

    def handle(exchange: Exchange) -> Answer:
        access_key_id, _, _ = scope(exchange)
        exchange.environ.pop(ACCOUNT_HEADER, None)
        if not access_key_id:
            return unsigned(exchange.call)
        try:
            principal = identify(access_key_id, _session_token(exchange))
        except UnknownKey:
            return unknown_key(exchange.call)
        except ExpiredKey:
            return expired(exchange.call)
        exchange.principal = principal
        exchange.environ[ACCOUNT_HEADER] = principal.account_id
        return inner(exchange)

    return handle


def _session_token(exchange: Exchange) -> str:
    token = exchange.text("HTTP_X_AMZ_SECURITY_TOKEN")
    query = exchange.text("QUERY_STRING")
    if token or "security-token=" not in query.lower():
        return token
    given = {name.lower(): values[0] for name, values in parse_qs(query).items()}
    return given.get("x-amz-security-token", "")
