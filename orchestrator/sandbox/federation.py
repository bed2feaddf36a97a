"""The layer for who has no key but a token: roles for the jobs of a CI, by OpenID Connect.

A token says by itself who has signed it: nobody is asked for the signature, so that tests can write
one. All else is judged as AWS does: whether the account knows the signer and takes the audience,
whether the token still holds, and whether the role trusts what the token says.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from moto.iam.models import iam_backends

from orchestrator.sandbox.admission import find
from orchestrator.sandbox.answers import denied, error
from orchestrator.sandbox.exchange import Answer, Exchange, Handle
from orchestrator.sandbox.hosts import scope
from orchestrator.sandbox.identity import ACCOUNT_HEADER
from orchestrator.sandbox.policy import Question
from orchestrator.sandbox.trust import Caller, Trust, trust

OPERATION = "AssumeRoleWithWebIdentity"
ACTION = f"sts:{OPERATION}"
INVALID, EXPIRED = "InvalidIdentityToken", "ExpiredTokenException"
"""Source: AWS STS API Reference, AssumeRoleWithWebIdentity, "Errors"."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a job's token says. `issuer` is without https://, as IAM names it."""

    issuer: str
    audience: str
    subject: str
    ends: float


class Mistake(Exception):
    """A token that opens no role, whichever."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def federation(inner: Handle, sts: Handle) -> Handle:
    """Judge requests that bring a token; all others go on inwards. `sts` gives the keys."""

    def handle(exchange: Exchange) -> Answer:
        call = exchange.call
        if call.operation != OPERATION or scope(exchange)[0]:
            return inner(exchange)
        exchange.call = call = replace(call, service="sts", prefix="sts", protocol="query")
        role_arn = str(exchange.parameters.get("RoleArn", ""))
        exchange.action, exchange.resource = ACTION, role_arn
        try:
            exchange.allowed = _admits(role_arn, exchange.parameters)
        except Mistake as mistake:
            return error(call, 400, mistake.code, mistake.message)
        if not exchange.allowed:
            return denied(call, f"Not authorized to perform {ACTION}")
        exchange.environ[ACCOUNT_HEADER] = role_arn.split(":")[4]
        return sts(exchange)

    return handle


def _admits(role_arn: str, parameters: Mapping[str, object]) -> bool:
    role_trust = find(role_arn)
    if role_trust is None:
        return False
    token = read(str(parameters.get("WebIdentityToken", "")))
    known = f"arn:aws:iam::{role_trust.account_id}:oidc-provider/{token.issuer}"
    provider = iam_backends[role_trust.account_id]["aws"].open_id_providers.get(known)
    if provider is None:
        said = f"No OpenIDConnect provider found in your account for https://{token.issuer}"
        raise Mistake(INVALID, said)
    if token.audience not in provider.client_id_list:
        raise Mistake(INVALID, "Incorrect token audience")
    if token.ends <= time.time():
        raise Mistake(EXPIRED, "Token expired")
    claims = {f"{token.issuer}:aud": [token.audience], f"{token.issuer}:sub": [token.subject]}
    keys = {name.lower(): values for name, values in claims.items()}
    how = trust(role_trust.trust_policy, Caller(federated=known), Question(ACTION, role_arn, keys))
    return how is Trust.BY_NAME


def read(text: str) -> Token:
    """The token that `text` is, a JWT. Raises Mistake."""
    try:
        body = text.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        issuer = str(claims["iss"]).removeprefix("https://")
        return Token(issuer, str(claims["aud"]), str(claims["sub"]), float(claims["exp"]))
    except (IndexError, ValueError, KeyError, TypeError, binascii.Error) as wrong:
        said = "The ID Token provided is not a valid JWT."
        raise Mistake(INVALID, said) from wrong
