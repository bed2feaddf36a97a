"""A question and its condition keys, put to all that has a say, with moto's state as it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends

from orchestrator.sandbox.callers import Standing, about_caller, of_organization, standing
from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.decision import ALLOWED, Caller, Decision, Policies, decide
from orchestrator.sandbox.exchange import Call, Principal
from orchestrator.sandbox.organization import resource_control
from orchestrator.sandbox.policy import Effect, Question
from orchestrator.sandbox.resource_policies import (
    NOTHING,
    READERS,
    bucket_owner,
    document,
    existing,
    find_key,
)


def about(principal: Principal, call: Call, parameters: Mapping[str, object]) -> Context:
    """Source: Service Authorization Reference, of IAM, of AWS Lambda and of AWS Organizations."""
    match call.service:
        case "iam" if "PermissionsBoundary" not in parameters:
            return _boundary(principal, parameters)
        case "lambda" if "EventSourceMapping" in call.operation:
            return _function(principal, call, parameters)
        case "organizations":
            return _policy_type(parameters)
    return {}


def _policy_type(parameters: Mapping[str, object]) -> Context:
    """`organizations:PolicyType`, named in the request or that of the policy it names."""
    named = next((parameters[k] for k in ("Type", "PolicyType", "Filter") if k in parameters), None)
    if named is None and "PolicyId" in parameters:
        held = (each.policies for each in _organizations())
        found = (p.type for all_ in held for p in all_ if p.id == parameters["PolicyId"])
        named = next(found, None)
    return {"organizations:policytype": [str(named)]} if named else {}


def _organizations() -> Iterator[Any]:
    for partitions in tuple(dict.values(organizations_backends)):
        yield from tuple(dict.values(partitions))


def _boundary(principal: Principal, parameters: Mapping[str, object]) -> Context:
    """`iam:PermissionsBoundary` is also the boundary that a role has already."""
    roles = list(iam_backends[principal.account_id]["aws"].roles.values())
    role = next((r for r in roles if r.name == parameters.get("RoleName")), None)
    arn = role.permissions_boundary_arn if role else None
    return {"iam:permissionsboundary": [arn]} if arn else {}


def _function(principal: Principal, call: Call, parameters: Mapping[str, object]) -> Context:
    """`lambda:FunctionArn`, that of the mapping that is there or of the one to be made."""
    from moto.awslambda.utils import get_backend  # noqa: PLC0415  loads a service of moto

    mappings = get_backend(principal.account_id, call.region)._event_source_mappings
    mapping = mappings.get(parameters.get("UUID"))
    arn = mapping.function_arn if mapping else parameters.get("FunctionName")
    return {"lambda:functionarn": [str(arn)]} if arn else {}


def resource_tags(arn: str) -> Mapping[str, str]:
    """The tags of a resource, where moto keeps them in one of its usual ways."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or "*" in arn:
        return {}
    _, _, service, region, account_id, resource = parts
    if service == "iam":
        return _of_identity(account_id, resource)
    backend = existing(service, account_id, region)
    if service == "ec2":
        tags = backend.tags.get(resource.rpartition("/")[2], {}) if backend is not None else {}
        return {str(key): str(value) for key, value in tags.items()}
    tagger = getattr(backend, "tagger", None)
    return dict(tagger.get_tag_dict_for_resource(arn)) if tagger is not None else {}


def _of_identity(account_id: str, resource: str) -> Mapping[str, str]:
    if account_id not in iam_backends:
        return {}
    iam = iam_backends[account_id]["aws"]
    kind, name = resource.partition("/")[0], resource.rpartition("/")[2]
    things = {"role": iam.roles, "policy": iam.managed_policies, "user": iam.users}.get(kind, {})
    thing = next((each for each in list(things.values()) if each.name == name), None)
    tags = getattr(thing, "tags", None) or {}
    return {str(k): str(v["Value"] if isinstance(v, dict) else v) for k, v in tags.items()}


Group = tuple[tuple[str, ...], Callable[[], Context]]
"""What the keys of a group begin with, and how they are found out."""

CALLER = (
    *("aws:principal", "aws:user", "aws:username", "aws:viaawsservice", "aws:tokenissuetime"),
    *("aws:multifactorauth", "aws:sourceidentity"),
)


class Lazy(Mapping[str, Sequence[str]]):
    """Keys that are known, and groups of keys that are not yet."""

    def __init__(self, known: Context, groups: Sequence[Group] = ()) -> None:
        self._known, self._groups = dict(known), list(groups)

    def __getitem__(self, key: str) -> Sequence[str]:
        if key not in self._known:
            for group in [g for g in self._groups if key.startswith(g[0])]:
                self._groups.remove(group)
                self._known = {**group[1](), **self._known}
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        for _, find in self._groups:
            self._known = {**find(), **self._known}
        self._groups = []
        return iter(self._known)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def knowing(self, known: Context, *groups: Group) -> Lazy:
        """The same and more."""
        return Lazy({**self._known, **known}, [*self._groups, *groups])


def of_call(principal: Principal, call: Call, agent: str = "") -> Lazy:
    """Keys of the caller and of the moment."""
    now = time.time()
    moment = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    keys: dict[str, Sequence[str]] = {
        "aws:currenttime": [moment.replace("+00:00", "Z")],
        "aws:epochtime": [str(int(now))],
        "aws:requestedregion": [call.region],
        "aws:securetransport": ["true"],
        "aws:sourceip": ["127.0.0.1"],
    }
    if agent:
        keys["aws:useragent"] = [agent]
    return Lazy(keys, [(CALLER, lambda: about_caller(principal))])


def of_resource(arn: str, owner: str) -> tuple[Group, ...]:
    """`aws:ResourceAccount` and its like are the resource's, whoever asks."""
    return (
        (("aws:resourceaccount", "s3:resourceaccount"), lambda: _account(owner)),
        (("aws:resourceorg",), lambda: of_organization("resource", owner)),
        (TAGGED, lambda: _tagged(arn)),
    )


TAGGED = ("aws:resourcetag/", "iam:resourcetag/", "ec2:resourcetag/", "secretsmanager:resourcetag/")


def _account(owner: str) -> Context:
    return {"aws:resourceaccount": [owner], "s3:resourceaccount": [owner]}


def _tagged(arn: str) -> Context:
    tags = resource_tags(arn).items()
    return {f"{start}{key.lower()}": [value] for start in TAGGED for key, value in tags}


def judge(standing: Standing, question: Question) -> Decision:
    """Both sides: what the caller may, and what the resource's own policy makes of it.

    Across accounts both have to agree, where a resource of that kind can have a policy; elsewhere
    the service itself knows whose resource it is. A key's policy has to let in even its own
    account. Source: AWS KMS Developer Guide, "Key policies in AWS KMS".
    """
    principal = standing.principal
    owner = owner_of(question.resource) or principal.account_id
    service = service_of(question.resource)
    policy = document(question.resource) if service in READERS or service == "s3" else None
    context = question.context if isinstance(question.context, Lazy) else Lazy(question.context)
    known = context.knowing({}, *of_resource(question.resource, owner))
    policies = Policies(
        standing.identity,
        standing.boundary,
        standing.session,
        standing.service_control,
        resource_control(owner, question.action, principal.identity),
        None if policy == NOTHING else policy,
        same_account=owner == principal.account_id or (service not in READERS and service != "s3"),
        binding=service == "kms" and policy is not None,
    )
    asked = Question(question.action, question.resource, known)
    decision = decide(policies, Caller(principal), asked)
    silent = service == "kms" and not decision.allowed and not decision.explicit
    if silent and granted(question.resource, principal.identity, question.action):
        return ALLOWED
    return decision


def granted(key_arn: str, principal: str, action: str) -> bool:
    """Whether a grant of the key lets the principal, whatever its own policies say.

    Source: AWS KMS Developer Guide, "Grants in AWS KMS". A grant's constraints are taken for met.
    """
    _, _, _, region, account_id, resource = key_arn.split(":", 5)
    backend = existing("kms", account_id, region)
    key = find_key(backend, resource) if backend is not None else None
    operation = action.partition(":")[2]
    grants = list(key.grants.values()) if key is not None else []
    return any(g.grantee_principal == principal and operation in g.operations for g in grants)


def service_of(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[2] if len(parts) == 6 else ""


def owner_of(arn: str) -> str:
    """The account a resource belongs to; '' where nobody can say, and for AWS's own."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return ""
    if parts[2] == "s3":
        return bucket_owner(parts[5].partition("/")[0])
    return parts[4] if parts[4].isdigit() else ""


def allows(principal: Principal, question: Question) -> bool:
    """Whether somebody who calls without a request, as a role does for a service, may."""
    return judge(standing(principal), question).allowed


def verdict(principal: Principal, question: Question) -> Effect:
    """What the caller's own side says, without the resource's."""
    here = standing(principal)
    side = Policies(here.identity, here.boundary, here.session, here.service_control)
    decision = decide(side, Caller(principal), question)
    if decision.allowed:
        return Effect.ALLOW
    return Effect.DENY if decision.explicit else Effect.SILENT
