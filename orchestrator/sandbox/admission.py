"""The layer before STS: who may be which role, by its trust policy and the caller's own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends

from orchestrator.sandbox.answers import denied, error
from orchestrator.sandbox.authorization import context
from orchestrator.sandbox.contexts import Lazy, of_resource
from orchestrator.sandbox.decision import Policies, decide
from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.exchange import Answer, Exchange, Handle, Principal
from orchestrator.sandbox.needs.inputs import Members, members
from orchestrator.sandbox.needs.keys import keys
from orchestrator.sandbox.organization import resource_control
from orchestrator.sandbox.policy import Question
from orchestrator.sandbox.standing import standing
from orchestrator.sandbox.trust import Caller

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
