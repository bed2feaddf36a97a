"""The layers before STS: who may be which role, by its trust policy and by policies or a token.

Whoever has no key but a token, as the jobs of a CI have by OpenID Connect, comes in by that. A
token says by itself who has signed it: nobody is asked for the signature, so that tests can write
one. All else is judged as AWS does: whether the account knows the signer and takes the audience,
whether the token still holds, and whether the role trusts what the token says.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends

from orchestrator.sandbox.authorization import context
from orchestrator.sandbox.callers import ACCOUNT_HEADER, standing
from orchestrator.sandbox.decision import Caller, Policies, Trust, decide, trust
from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.exchange import Answer, Exchange, Handle, Principal, denied, error
from orchestrator.sandbox.judge import Lazy, of_resource
from orchestrator.sandbox.needs.inputs import Members, members
from orchestrator.sandbox.needs.keys import keys
from orchestrator.sandbox.operations import scope
from orchestrator.sandbox.organization import resource_control
from orchestrator.sandbox.policy import Question

ACTION = "sts:AssumeRole"
DEFAULT_SECONDS = 3600
"""Also the most for a role that becomes another. Source: IAM User Guide, "Role chaining"."""

MOST_POLICIES, LONGEST_POLICY = 10, 2048

ROLE_ARN = re.compile(r"arn:aws:iam::(\d{12}):role/(?:[!-~]+/)?[\w+=,.@-]{1,64}")
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}")


@dataclass(frozen=True, slots=True)
class RoleTrust:
    """A role and its trust policy: who may assume it, and for how many seconds at most."""

    account_id: str
    trust_policy: str
    seconds: int


def admission(inner: Handle) -> Handle:
    """Refuse AssumeRole where the role is not there or does not let the caller in."""

    def handle(exchange: Exchange) -> Answer:
        call, principal = exchange.call, exchange.principal
        if principal is None or (call.service, call.operation) != ("sts", "AssumeRole"):
            return inner(exchange)
        if wrong := _wrong(exchange):
            return error(call, 400, "ValidationError", wrong)
        role_arn = _text(exchange, "RoleArn")
        exchange.action, exchange.resource = ACTION, role_arn
        role_trust = find(role_arn)
        exchange.allowed = role_trust is not None and _opens(role_trust, principal, exchange)
        if role_trust is None or not exchange.allowed:
            who = f"User: {principal.arn} is not authorized to perform: {ACTION}"
            return denied(call, f"{who} on resource: {role_arn}")
        if _seconds(exchange) > _longest(role_trust, principal):
            text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            return error(call, 400, "ValidationError", text)
        return inner(exchange)

    return handle


def _opens(role_trust: RoleTrust, principal: Principal, exchange: Exchange) -> bool:
    """Both sides have to agree to each of the actions."""
    here, role_arn = standing(principal), _text(exchange, "RoleArn")
    given = members(exchange)
    known = context(principal, exchange.call, exchange.parameters)
    for action in _actions(given):
        policies = Policies(
            here.identity,
            here.boundary,
            here.session,
            here.service_control,
            resource_control(role_trust.account_id, action, principal.identity),
            role_trust.trust_policy,
            same_account=principal.account_id == role_trust.account_id,
            binding=True,
        )
        of_role = of_resource(role_arn, role_trust.account_id)
        said = Lazy(known, of_role).knowing(keys(action, exchange.call, given))
        if not decide(policies, Caller(principal), Question(action, role_arn, said)).allowed:
            return False
    return True


def _actions(given: Members) -> tuple[str, ...]:
    """What else has to be allowed for a session with tags, or with a source identity.

    Source: IAM User Guide, "Pass session tags in AWS STS" and "Monitor and control actions taken
    with assumed roles".
    """
    more = {"Tags": "sts:TagSession", "SourceIdentity": "sts:SetSourceIdentity"}
    return (ACTION, *(action for name, action in more.items() if given.get(name)))


def _longest(role_trust: RoleTrust, principal: Principal) -> int:
    return min(role_trust.seconds, DEFAULT_SECONDS) if principal.is_role else role_trust.seconds


def _wrong(exchange: Exchange) -> str:
    """Source: AWS STS API Reference, AssumeRole, "Request Parameters"."""
    duration = _text(exchange, "DurationSeconds") or "900"
    if not duration.isdigit() or not 900 <= int(duration) <= 43200:
        return f"DurationSeconds is {duration}; it must be 900 to 43200."
    if not ROLE_ARN.fullmatch(role_arn := _text(exchange, "RoleArn")):
        return f"{role_arn} is invalid"
    if not SESSION_NAME.fullmatch(name := _text(exchange, "RoleSessionName")):
        return (
            f"Value '{name}' at 'roleSessionName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [\\w+=,.@-]*"
        )
    return _wrong_session(members(exchange))


def _wrong_session(given: Members) -> str:
    """Source: AWS STS API Reference, AssumeRole: PolicyArns (at most 10) and Policy."""
    if len(given.get("PolicyArns") or ()) > MOST_POLICIES:
        return "Member must have length less than or equal to 10 at 'policyArns'"
    if len(str(given.get("Policy") or "")) > LONGEST_POLICY:
        return "Member must have length less than or equal to 2048 at 'policy'"
    return ""


def _seconds(exchange: Exchange) -> int:
    return int(_text(exchange, "DurationSeconds") or DEFAULT_SECONDS)


def _text(exchange: Exchange, name: str) -> str:
    return str(exchange.parameters.get(name, ""))


def find(role_arn: str) -> RoleTrust | None:
    """Its trust; None when there is no such role yet, or its account is closed."""
    match = ROLE_ARN.fullmatch(role_arn)
    account_id = match[1] if match else ""
    if account_id not in iam_backends or _closed(account_id):
        return None
    roles = list(iam_backends[account_id]["aws"].roles.values())
    role = next((role for role in roles if role.arn == role_arn), None)
    if role is None or not DELAYS.is_seen(role):
        return None
    seconds = int(role.max_session_duration or DEFAULT_SECONDS)
    return RoleTrust(account_id, str(role.assume_role_policy_document), seconds)


def _closed(account_id: str) -> bool:
    member = organizations_backends.master_accounts.get(account_id)
    if member is None:
        return False
    accounts = organizations_backends[member[0]][member[1]].accounts
    return any(a.id == account_id and a.status != "ACTIVE" for a in accounts)


OPERATION = "AssumeRoleWithWebIdentity"
BY_TOKEN = f"sts:{OPERATION}"
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
        exchange.action, exchange.resource = BY_TOKEN, role_arn
        try:
            exchange.allowed = _admits(role_arn, exchange.parameters)
        except Mistake as mistake:
            return error(call, 400, mistake.code, mistake.message)
        if not exchange.allowed:
            return denied(call, f"Not authorized to perform {BY_TOKEN}")
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
    question = Question(BY_TOKEN, role_arn, keys)
    how = trust(role_trust.trust_policy, Caller(federated=known), question)
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
