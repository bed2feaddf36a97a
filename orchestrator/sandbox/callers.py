"""Who calls, by access key, and what holds of a caller wherever it calls: its policies, its limits.

Read from moto's IAM, STS and Organizations. An access key id carries its account, on AWS and in
moto, so no account is searched in vain.
Source: IAM User Guide, "AWS global condition context keys"; AWS STS API Reference, AssumeRole.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from moto.iam.models import iam_backends
from moto.iam.utils import ACCOUNT_OFFSET
from moto.sts.models import sts_backends

from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.exchange import (
    Answer,
    Exchange,
    Handle,
    Principal,
    expired,
    unknown_key,
    unsigned,
)
from orchestrator.sandbox.operations import scope
from orchestrator.sandbox.organization import Levels, organization_of, service_control


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


@dataclass(frozen=True, slots=True)
class Standing:
    """A caller's policies at one moment; a boundary that names nothing allows nothing."""

    principal: Principal
    identity: Sequence[str]
    boundary: str | None
    session: Sequence[str] | None
    service_control: Levels


def standing(principal: Principal) -> Standing:
    """Read from moto's IAM and Organizations."""
    identity, boundary = documents(principal)
    limits = service_control(principal.account_id, principal.identity)
    return Standing(principal, identity, boundary, session_documents(principal), limits)


def session_documents(principal: Principal) -> Sequence[str] | None:
    """The policies a session was narrowed with, None where it was not."""
    texts = [principal.session_policy] if principal.session_policy else []
    texts += [document_of(principal.account_id, arn) for arn in principal.session_policy_arns]
    return texts or None


def owner_of(principal: Principal) -> Any:
    """The role or user that moto has; None when it is gone."""
    iam = iam_backends[principal.account_id]["aws"]
    if principal.is_role:
        roles = list(iam.roles.values())
        return next((role for role in roles if role.arn == principal.identity), None)
    return iam.users.get(principal.identity.rpartition("/")[2])


def documents(principal: Principal) -> tuple[Sequence[str], str | None]:
    """The policies of a role or user as moto holds them, and its permissions boundary."""
    owner = owner_of(principal)
    if owner is None:
        return [], None
    iam = iam_backends[principal.account_id]["aws"]
    groups = [] if principal.is_role else [g for g in list(iam.groups.values()) if owner in g.users]
    found = [text for one in (owner, *groups) for text in granted(one)]
    boundary = getattr(owner, "permissions_boundary_arn", None)
    return found, document_of(principal.account_id, boundary) if boundary else None


def granted(one: Any) -> list[str]:
    """The policies of a role, user or group itself, inline and attached."""
    attached = [_default(policy) for policy in list(one.managed_policies.values())]
    return [*_inline(one.policies), *attached]


def document_of(account_id: str, arn: str) -> str:
    """The default version of a managed policy; '' for one that is not there."""
    policy = iam_backends[account_id]["aws"].managed_policies.get(arn)
    return _default(policy) if policy else ""


def _inline(policies: object) -> list[str]:
    values = list(policies.values()) if isinstance(policies, dict) else []
    return [value if isinstance(value, str) else value.policy_document for value in values]


def _default(policy: object) -> str:
    versions = getattr(policy, "versions", [])
    return str(next((version.document for version in versions if version.is_default), ""))


def about_caller(principal: Principal) -> Context:
    """The keys that say who calls."""
    owner = owner_of(principal)
    name = principal.arn.rpartition("/")[2]
    unique = str(getattr(owner, "id", "")) or "unknown"
    keys: dict[str, Sequence[str]] = {
        "aws:principalarn": [principal.identity],
        "aws:principalaccount": [principal.account_id],
        "aws:principaltype": ["AssumedRole" if principal.is_role else "User"],
        "aws:principalisawsservice": ["false"],
        "aws:viaawsservice": ["false"],
        "aws:userid": [f"{unique}:{name}" if principal.is_role else unique],
    }
    if not principal.is_role:
        keys["aws:username"] = [name]
    if principal.issued:
        keys["aws:tokenissuetime"] = [principal.issued]
        keys["aws:multifactorauthpresent"] = ["false"]
    if principal.source_identity:
        keys["aws:sourceidentity"] = [principal.source_identity]
    tags = {**_tags(owner), **principal.tags}
    keys |= {f"aws:principaltag/{key.lower()}": [value] for key, value in tags.items()}
    return {**keys, **of_organization("principal", principal.account_id)}


def of_organization(whose: str, account_id: str) -> Context:
    """`aws:PrincipalOrgID` and `aws:PrincipalOrgPaths`, or those of the resource."""
    organization = organization_of(account_id) if account_id.isdigit() else None
    if organization is None:
        return {}
    path = "/".join((organization.id, *reversed(organization.path(account_id)[1:])))
    return {f"aws:{whose}orgid": [organization.id], f"aws:{whose}orgpaths": [f"{path}/"]}


def _tags(owner: Any) -> dict[str, str]:
    tags = getattr(owner, "tags", None) or {}
    if isinstance(tags, dict):
        return {str(k): str(v["Value"] if isinstance(v, dict) else v) for k, v in tags.items()}
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags}
