"""Who an access key belongs to, read from moto's IAM and STS.

An access key id carries its account, on AWS and in moto, so no account is searched in vain.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from urllib.parse import parse_qs

from moto.iam.models import iam_backends
from moto.iam.utils import ACCOUNT_OFFSET
from moto.sts.models import sts_backends

from orchestrator.sandbox.answers import expired, unknown_key, unsigned
from orchestrator.sandbox.exchange import Answer, Exchange, Handle, Principal
from orchestrator.sandbox.hosts import scope


class UnknownKey(Exception):
    """Nobody has issued this key, or it was deleted, or its session token is another one."""


class ExpiredKey(Exception):
    """The key was issued, and its time is over."""


UPPER_HALF = frozenset("QRSTUVWXYZ234567")


def account_of(access_key_id: str) -> str:
    """The account that is part of a key id. Raises UnknownKey when there is none."""
    try:
        number = int.from_bytes(base64.b32decode(access_key_id[4:12]), "big") - ACCOUNT_OFFSET
        odd = access_key_id[12] in UPPER_HALF
    except (binascii.Error, IndexError):
        raise UnknownKey from None
    account_id = f"{number * 2 + odd:012d}"
    if number < 0 or account_id not in iam_backends:
        raise UnknownKey
    return account_id


def identify(access_key_id: str, session_token: str) -> Principal:
    """The principal of a key. Raises UnknownKey or ExpiredKey."""
    account_id = account_of(access_key_id)
    if access_key_id.startswith("ASIA"):
        return _session(account_id, access_key_id, session_token)
    iam = iam_backends[account_id]["aws"]
    key = iam.access_keys.get(access_key_id)
    if key is None or key.status != "Active" or not key.user_name:
        raise UnknownKey
    user = iam.users.get(key.user_name)
    if user is None or not user.has_access_key(access_key_id):
        raise UnknownKey
    return Principal(account_id, user.arn, user.arn, access_key_id)


def _session(account_id: str, access_key_id: str, session_token: str) -> Principal:
    session = sts_backends[account_id]["aws"].get_assumed_role_from_access_key(access_key_id)
    if session is None or session.session_token != session_token:
        raise UnknownKey
    if session.expiration < datetime.now(UTC).replace(tzinfo=None):
        raise ExpiredKey
    issued = session.__dict__.get("issued") or ""
    return Principal(
        account_id,
        session.arn,
        session.role_arn,
        access_key_id,
        session.policy,
        tags=session.__dict__.get("tags", {}),
        session_policy_arns=session.__dict__.get("policy_arns", ()),
        source_identity=session.__dict__.get("source_identity", ""),
        issued=issued,
    )


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
