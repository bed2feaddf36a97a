"""A question put to everything that has a say on it, with moto's state as it is."""

from __future__ import annotations

from orchestrator.sandbox.contexts import Lazy, of_resource
from orchestrator.sandbox.decision import ALLOWED, Decision, Policies, decide
from orchestrator.sandbox.exchange import Principal
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
from orchestrator.sandbox.standing import Standing, standing
from orchestrator.sandbox.trust import Caller


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
