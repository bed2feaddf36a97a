"""The layer before STS: who may be which role, by its trust policy and the caller's own."""

from __future__ import annotations

from dataclasses import dataclass

from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends

from orchestrator.sandbox.answers import denied, error
from orchestrator.sandbox.authorization import context, verdict
from orchestrator.sandbox.exchange import Answer, Exchange, Handle, Principal
from orchestrator.sandbox.policy import Question
from orchestrator.sandbox.trust import Caller, Trust, lets_in, trust

ACTION = "sts:AssumeRole"
DEFAULT_SECONDS = 3600
"""Also the most for a role that becomes another. Source: IAM User Guide, "Role chaining"."""


@dataclass(frozen=True, slots=True)
class Door:
    """A role as its door: who is let in, and for how many seconds at most."""

    account_id: str
    trust_policy: str
    seconds: int


def admission(inner: Handle) -> Handle:
    """Refuse AssumeRole where the role is not there or does not let the caller in."""

    def handle(exchange: Exchange) -> Answer:
        call, principal = exchange.call, exchange.principal
        if principal is None or (call.service, call.operation) != ("sts", "AssumeRole"):
            return inner(exchange)
        role_arn = str(exchange.parameters.get("RoleArn", ""))
        door = find(role_arn)
        exchange.allowed = door is not None and _opens(door, principal, exchange)
        if door is None or not exchange.allowed:
            who = f"User: {principal.arn} is not authorized to perform: {ACTION}"
            return denied(call, f"{who} on resource: {role_arn}")
        if _seconds(exchange) > _longest(door, principal):
            text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            return error(call, 400, "ValidationError", text)
        return inner(exchange)

    return handle


def _opens(door: Door, principal: Principal, exchange: Exchange) -> bool:
    keys = context(principal, exchange.call, exchange.parameters)
    asked = Question(ACTION, str(exchange.parameters["RoleArn"]), keys)
    how = trust(door.trust_policy, Caller(principal), asked)
    own = verdict(principal, asked)
    return lets_in(how, own, same_account=principal.account_id == door.account_id)


def _longest(door: Door, principal: Principal) -> int:
    return min(door.seconds, DEFAULT_SECONDS) if principal.is_role else door.seconds


def _seconds(exchange: Exchange) -> int:
    given = str(exchange.parameters.get("DurationSeconds", DEFAULT_SECONDS))
    return int(given) if given.isdigit() else DEFAULT_SECONDS


def admits_service(role_arn: str, service: str) -> bool:
    """Whether an AWS service ('lambda.amazonaws.com') may be the role, to act for its account."""
    door = find(role_arn)
    question = Question(ACTION, role_arn)
    return door is not None and (
        trust(door.trust_policy, Caller(service=service), question) is Trust.BY_NAME
    )


def find(role_arn: str) -> Door | None:
    """The role's door; None when there is no such role, or its account is closed."""
    parts = role_arn.split(":")
    account_id = parts[4] if len(parts) == 6 else ""
    if account_id not in iam_backends or _closed(account_id):
        return None
    roles = list(iam_backends[account_id]["aws"].roles.values())
    role = next((role for role in roles if role.arn == role_arn), None)
    if role is None:
        return None
    seconds = int(role.max_session_duration or DEFAULT_SECONDS)
    return Door(account_id, str(role.assume_role_policy_document), seconds)


def _closed(account_id: str) -> bool:
    member = organizations_backends.master_accounts.get(account_id)
    if member is None:
        return False
    accounts = organizations_backends[member[0]][member[1]].accounts
    return any(a.id == account_id and a.status != "ACTIVE" for a in accounts)
