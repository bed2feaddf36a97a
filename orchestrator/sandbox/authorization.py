"""The layer that asks the caller's policies, before the service sees the call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from moto.organizations.models import organizations_backends

from orchestrator.sandbox.answers import denied
from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.contexts import Lazy, of_call
from orchestrator.sandbox.decision import Decision, reason
from orchestrator.sandbox.exchange import Answer, Call, Exchange, Handle, Need, Principal
from orchestrator.sandbox.judge import judge
from orchestrator.sandbox.located import located
from orchestrator.sandbox.needs.inputs import Members, members
from orchestrator.sandbox.needs.needs import needs
from orchestrator.sandbox.needs.place import Place
from orchestrator.sandbox.policy import Question
from orchestrator.sandbox.service_links import is_linked, linked
from orchestrator.sandbox.standing import Standing, standing
from orchestrator.sandbox.subjects import about

ALWAYS_ALLOWED = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
"""Source: AWS STS API Reference, GetCallerIdentity: "No permissions are required"."""

READS_OBJECT = frozenset({"s3:GetObject", "s3:GetObjectVersion"})

JUDGED_BEFORE = frozenset({"sts:AssumeRole"})
"""The role's trust policy has a say; the admission layer puts both sides together."""


def authorization(inner: Handle) -> Handle:
    """Refuse a call that is not allowed, and note for the log whether it was."""

    def handle(exchange: Exchange) -> Answer:
        principal, call = exchange.principal, exchange.call
        if principal is None or not call.operation:
            return inner(exchange)
        exchange.needs = wanted(principal, call, members(exchange))
        exchange.action, exchange.resource = exchange.needs[0].action, exchange.needs[0].resource
        if exchange.action in JUDGED_BEFORE:
            return inner(exchange)
        here = standing(principal)
        keys = of_call(principal, call, exchange.text("HTTP_USER_AGENT"))
        keys = keys.knowing(about(principal, call, exchange.parameters))
        refused = unmet(here, exchange.needs, keys)
        exchange.allowed = refused is None
        exchange.refused = refused[0] if refused else None
        if refused is not None:
            return denied(call, refusal(principal, *refused))
        answer = inner(exchange)
        if answer.status < 400:
            linked(principal.account_id, exchange.needs)
        if answer.status == 404 and exchange.action in READS_OBJECT:
            return _hidden(exchange, here, keys) or answer
        return answer

    return handle


def wanted(principal: Principal, call: Call, given: Members) -> tuple[Need, ...]:
    """What the call needs, on the ARNs of what is there."""
    organization, management = _organization(principal.account_id)
    place = Place(call.region, principal.account_id, organization, management)
    return tuple(
        replace(need, resource=located(need.resource))
        for need in needs(call, given, place)
        if call.service == "iam" or not is_linked(principal.account_id, need)
    )


def unmet(here: Standing, needs: Iterable[Need], keys: Lazy) -> tuple[Need, Decision] | None:
    """The first need that is not allowed, and why."""
    for need in needs:
        if need.action not in ALWAYS_ALLOWED:
            decision = judge(here, Question(need.action, need.resource, keys.knowing(need.keys)))
            if not decision.allowed:
                return need, decision
    return None


def _hidden(exchange: Exchange, here: Standing, keys: Lazy) -> Answer | None:
    """Who may not list a bucket does not learn either that an object is missing.

    Source: Amazon S3 API Reference, HeadObject, "Permissions".
    """
    listing = Need("s3:ListBucket", f"arn:aws:s3:::{exchange.parameters.get('Bucket')}")
    refused = unmet(here, [listing], keys)
    return denied(exchange.call, refusal(here.principal, *refused)) if refused else None


def refusal(principal: Principal, need: Need, decision: Decision) -> str:
    """AWS's own sentence."""
    where = f" on resource: {need.resource}" if need.resource != "*" else ""
    why = reason(decision, need.action)
    return f"User: {principal.arn} is not authorized to perform: {need.action}{where} {why}"


def context(principal: Principal, call: Call, parameters: object) -> Context:
    """The condition keys of a call that is made here, not by a request."""
    given = parameters if isinstance(parameters, dict) else {}
    return of_call(principal, call).knowing(about(principal, call, given))


def organization_of(account_id: str) -> str | None:
    """The id of the organization an account belongs to."""
    return _organization(account_id)[0] or None


def _organization(account_id: str) -> tuple[str, str]:
    """Its id and its management account; both '' where there is none."""
    master, partition = organizations_backends.master_accounts.get(account_id, (account_id, "aws"))
    backend = organizations_backends[master][partition]
    return (str(backend.org.id), str(master)) if backend.org else ("", "")
