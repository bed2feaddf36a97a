"""The layer that asks IAM: whether the caller may do what a call needs, one need after the other.

Service-linked roles that a service makes by itself need the rights of whoever calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends

from orchestrator.sandbox.callers import Standing, standing
from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.decision import Decision, reason
from orchestrator.sandbox.exchange import Answer, Call, Exchange, Handle, Need, Principal, denied
from orchestrator.sandbox.judge import Lazy, about, judge, of_call
from orchestrator.sandbox.needs import LINKING, needs
from orchestrator.sandbox.needs.inputs import Members, Place, members
from orchestrator.sandbox.organization import has_linked_role
from orchestrator.sandbox.policy import Question
from orchestrator.sandbox.resource_policies import existing, find_key

PATH = "role/aws-service-role/"


def is_linked(account_id: str, need: Need) -> bool:
    """Whether the need is one for a service-linked role that the account has."""
    service = _service(need)
    return bool(service) and has_linked_role(account_id, service)


def linked(account_id: str, needs: Iterable[Need]) -> None:
    """Make the roles that were needed, and that the services have made by now."""
    for need in needs:
        service = _service(need)
        if service and not has_linked_role(account_id, service):
            iam_backends[account_id]["aws"].create_service_linked_role(service, "", "")


def _service(need: Need) -> str:
    """'guardduty.amazonaws.com', or '' for a need of another kind."""
    resource = need.resource.split(":", 5)[-1]
    if need.action != LINKING or not resource.startswith(PATH):
        return ""
    return resource.removeprefix(PATH).partition("/")[0]


Locate = Callable[[str, str], str | None]
"""(whole ARN, its last part) → what is there; None where nothing is."""


def located(arn: str) -> str:
    """The ARN of what is meant; as it is where there is no such thing, or it is whole already."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or "*" in parts[5]:
        return arn
    locate = SERVICES.get(parts[2])
    return (locate(arn, parts[5]) if locate else None) or arn


def _iam(arn: str, resource: str) -> str | None:
    kind, _, path = resource.partition("/")
    account_id, name = arn.split(":")[4], path.rpartition("/")[2]
    if account_id not in iam_backends:
        return None
    iam = iam_backends[account_id]["aws"]
    things: Mapping[str, Iterable[Any]] = {
        "role": iam.roles.values(),
        "user": iam.users.values(),
        "group": iam.groups.values(),
        "policy": iam.managed_policies.values(),
        "instance-profile": iam.instance_profiles.values(),
    }
    found = (thing for thing in list(things.get(kind, ())) if thing.name == name)
    return next((str(thing.arn) for thing in found), None)


def _kms(arn: str, resource: str) -> str | None:
    """`key/alias/NAME`, as a call gives it where a key is meant."""
    if not resource.startswith("key/alias/"):
        return None
    _, _, _, region, account_id, _ = arn.split(":", 5)
    backend = existing("kms", account_id, region)
    key = find_key(backend, resource.removeprefix("key/")) if backend is not None else None
    return str(key.arn) if key is not None else None


def _secret(arn: str, resource: str) -> str | None:
    _, _, _, region, account_id, _ = arn.split(":", 5)
    backend = existing("secretsmanager", account_id, region)
    name = resource.removeprefix("secret:")
    secrets = list(backend.secrets.values()) if backend is not None else []
    found = next((secret.arn for secret in secrets if name in (secret.name, secret.arn)), None)
    whole = name.startswith("arn:") or name[-7:-6] == "-"
    return str(found) if found else None if whole else f"{arn}-AbCdEf"


def _work_group(arn: str, resource: str) -> str | None:
    """`query/ID`, of one that has run or one that is saved.

    Source: Service Authorization Reference, Amazon Athena: its queries' actions know work groups.
    """
    kind, _, name = resource.partition("/")
    _, _, _, region, account_id, _ = arn.split(":", 5)
    backend = existing("athena", account_id, region) if kind == "query" else None
    held = (backend.executions, backend.named_queries) if backend is not None else ()
    query = next((each[name] for each in held if name in each), None)
    if query is None:
        return None
    group = getattr(query.workgroup, "name", query.workgroup)
    return f"{arn.removesuffix(resource)}workgroup/{group}"


SERVICES: Mapping[str, Locate] = {
    "athena": _work_group,
    "iam": _iam,
    "kms": _kms,
    "secretsmanager": _secret,
}


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
