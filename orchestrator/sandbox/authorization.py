"""The layer that asks the caller's policies, before the service sees the call."""

from __future__ import annotations

from collections.abc import Sequence

from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends

from orchestrator.sandbox.actions import action, resource
from orchestrator.sandbox.answers import denied
from orchestrator.sandbox.buckets import agrees
from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.exchange import Answer, Call, Exchange, Handle, Principal
from orchestrator.sandbox.paths import located
from orchestrator.sandbox.policy import Effect, Question, ask
from orchestrator.sandbox.subjects import about

ALWAYS_ALLOWED = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
"""Source: AWS STS API Reference, GetCallerIdentity: "No permissions are required"."""

READS_OBJECT = frozenset({"s3:GetObject", "s3:GetObjectVersion"})

JUDGED_BEFORE = frozenset({"sts:AssumeRole"})
"""The role's trust policy has a say; the admission layer puts both sides together."""


def authorization(inner: Handle, *, enforce: bool) -> Handle:
    """Note whether the caller's policies allow the call; refuse it when they do not."""

    def handle(exchange: Exchange) -> Answer:
        principal, call = exchange.principal, exchange.call
        if principal is None or not call.operation:
            return inner(exchange)
        name = action(call, exchange.parameters)
        what = located(resource(call, exchange.parameters, principal.account_id))
        exchange.action, exchange.resource = name, what
        if name in JUDGED_BEFORE:
            return inner(exchange)
        keys = {**context(principal, call, exchange.parameters), **_written_on(exchange)}
        exchange.allowed = name in ALWAYS_ALLOWED or allows(principal, Question(name, what, keys))
        if enforce and not exchange.allowed:
            return denied(call, refusal(principal, name, what))
        answer = inner(exchange)
        if enforce and answer.status == 404 and name in READS_OBJECT:
            return _hidden(exchange, principal, keys) or answer
        return answer

    return handle


def _hidden(exchange: Exchange, principal: Principal, keys: Context) -> Answer | None:
    """Who may not list a bucket does not learn either that an object is missing.

    Source: Amazon S3 API Reference, HeadObject, "Permissions".
    """
    bucket = f"arn:aws:s3:::{exchange.parameters.get('Bucket')}"
    if allows(principal, Question("s3:ListBucket", bucket, keys)):
        return None
    return denied(exchange.call, refusal(principal, "s3:ListBucket", bucket))


def refusal(principal: Principal, name: str, what: str | None) -> str:
    """AWS's own sentence."""
    where = f" on resource: {what}" if what else ""
    why = "because no identity-based policy allows the " + name + " action"
    return f"User: {principal.arn} is not authorized to perform: {name}{where} {why}"


def allows(principal: Principal, question: Question) -> bool:
    """Whether the caller's policies allow it, and the bucket's where it is about one."""
    return agrees(principal, question, verdict(principal, question))


def verdict(principal: Principal, question: Question) -> Effect:
    """What identity policies, boundary and session policy say together."""
    own, boundary = documents(principal)
    layers = [own]
    layers += [[boundary]] if boundary is not None else []
    layers += [[principal.session_policy]] if principal.session_policy else []
    effects = [ask(layer, question) for layer in layers]
    if Effect.DENY in effects:
        return Effect.DENY
    return Effect.ALLOW if set(effects) == {Effect.ALLOW} else Effect.SILENT


def documents(principal: Principal) -> tuple[Sequence[str], str | None]:
    """The policies of a role or user as moto holds them, and its permissions boundary."""
    iam = iam_backends[principal.account_id]["aws"]
    if principal.is_role:
        owner = next((r for r in list(iam.roles.values()) if r.arn == principal.identity), None)
        boundary = owner.permissions_boundary_arn if owner else None
        owners = [owner] if owner else []
    else:
        name = principal.identity.rpartition("/")[2]
        owner = iam.users.get(name)
        groups = [group for group in list(iam.groups.values()) if owner in group.users]
        owners, boundary = ([owner, *groups] if owner else []), None
    found: list[str] = []
    for one in owners:
        found += _inline(one.policies)
        found += [_default(policy) for policy in list(one.managed_policies.values())]
    limit = iam.managed_policies.get(boundary) if boundary else None
    return found, (_default(limit) if limit else None if not boundary else "")


def _inline(policies: object) -> list[str]:
    values = list(policies.values()) if isinstance(policies, dict) else []
    return [value if isinstance(value, str) else value.policy_document for value in values]


def _default(policy: object) -> str:
    versions = getattr(policy, "versions", [])
    found = next((version.document for version in versions if version.is_default), "")
    return str(found)


def context(principal: Principal, call: Call, parameters: object) -> Context:
    """The condition keys of a request, as far as they are known here."""
    keys: dict[str, Sequence[str]] = {
        "aws:principalarn": [principal.identity],
        "aws:principalaccount": [principal.account_id],
        "aws:principaltype": ["AssumedRole" if principal.is_role else "User"],
        "aws:requestedregion": [call.region],
        "aws:securetransport": ["true"],
        "aws:sourceip": ["127.0.0.1"],
        "aws:resourceaccount": [principal.account_id],
    }
    if not principal.is_role:
        keys["aws:username"] = [principal.identity.rpartition("/")[2]]
    organization = organization_of(principal.account_id)
    if organization:
        keys["aws:principalorgid"] = [organization]
        keys["aws:resourceorgid"] = [organization]
    if isinstance(parameters, dict):
        for name, key in CALL_KEYS.items():
            if name in parameters:
                keys[key] = [str(parameters[name])]
        keys |= about(principal, call, parameters)
    return keys


CALL_KEYS = {
    "AWSServiceName": "iam:awsservicename",
    "PolicyArn": "iam:policyarn",
    "PermissionsBoundary": "iam:permissionsboundary",
    "prefix": "s3:prefix",
    "ExternalId": "sts:externalid",
    "RoleSessionName": "sts:rolesessionname",
    "ServicePrincipal": "organizations:serviceprincipal",
}
"""Condition keys whose value is a parameter of the call."""


WRITTEN_ON = {"HTTP_IF_MATCH": "s3:if-match", "HTTP_IF_NONE_MATCH": "s3:if-none-match"}
"""Source: Amazon S3 User Guide, "Enforce conditional writes on Amazon S3 buckets"."""


def _written_on(exchange: Exchange) -> Context:
    """On what condition an object is written."""
    if exchange.call.service != "s3":
        return {}
    return {key: [value] for name, key in WRITTEN_ON.items() if (value := exchange.text(name))}


def organization_of(account_id: str) -> str | None:
    """The id of the organization an account belongs to."""
    master, partition = organizations_backends.master_accounts.get(account_id, (account_id, "aws"))
    backend = organizations_backends[master][partition]
    return str(backend.org.id) if backend.org else None
