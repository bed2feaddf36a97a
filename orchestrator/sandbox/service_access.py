"""Whether an AWS service may do on somebody's behalf what it is about to do.

With the resource's policy (`refusal`) or with a role it was given (`role_refusal`). Each answers
'' for yes, else one sentence that says why not.
Source: IAM User Guide, "The confused deputy problem" and "Policy evaluation logic".
"""

from __future__ import annotations

from orchestrator.sandbox.admission import ACTION as ASSUME
from orchestrator.sandbox.admission import find
from orchestrator.sandbox.authorization import context, organization_of
from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.decision import Caller, Trust, trust
from orchestrator.sandbox.exchange import Call, Principal
from orchestrator.sandbox.judge import allows
from orchestrator.sandbox.policy import Effect, NotAPolicy, Question, Statement, conclude, parse
from orchestrator.sandbox.resource_policies import bucket_owner, document


def on_behalf(service: str, source_arn: str, account_id: str) -> Context:
    """The condition keys of a call that a service makes as itself, for a resource of an account.

    There is no aws:PrincipalArn, aws:PrincipalAccount or aws:PrincipalOrgID: the principal is AWS.
    Source: IAM User Guide, "AWS global condition context keys".
    """
    keys = {
        "aws:principalisawsservice": ["true"],
        "aws:principalservicename": [service],
        "aws:principalservicenameslist": [service],
        "aws:securetransport": ["true"],
        "aws:sourceaccount": [account_id],
        "aws:sourcearn": [source_arn],
        "aws:viaawsservice": ["false"],
    }
    organization = organization_of(account_id)
    return {**keys, "aws:sourceorgid": [organization]} if organization else keys


def refusal(service: str, action: str, arn: str, keys: Context) -> str:
    """Why the policy of `arn` does not let `service` ('events.amazonaws.com') do `action`."""
    policy = document(arn)
    if policy is None:
        return f"there is no {arn}"
    effect = says(policy, service, Question(action, arn, {**_of_resource(arn), **keys}))
    if effect is Effect.ALLOW:
        return ""
    how = "denies" if effect is Effect.DENY else "does not let"
    return f"the policy of {arn} {how} {service} {action}"


def says(policy: str, service: str, question: Question) -> Effect:
    """What a resource's policy answers a service. One that cannot be read is silent."""
    try:
        statements = parse(policy)
    except NotAPolicy:
        return Effect.SILENT
    return conclude([s for s in statements if _meant(s, service)], question)


def _meant(statement: Statement, service: str) -> bool:
    """Everyone is a service, too: so a Deny of everyone without a condition stops it."""
    named = {("Service", service), ("AWS", "*")}.intersection(statement.principals or ())
    return statement.principals is not None and bool(named) != statement.inverted_principals


def role_refusal(
    role_arn: str,
    service: str,
    action: str,
    resource: str,
    keys: Context,
    about: Context | None = None,
) -> str:
    """Why `service`, as the role, cannot do `action` on `resource`.

    `keys` are those of the service's AssumeRole (`on_behalf`, `sts:externalid`), `about` those of
    the call the role makes then, such as `iam:passedtoservice`. The role has to be there, its
    trust must let the service in, its policies and its boundary must allow the action, and the
    resource's own policy must not stand against it; of another account's resource it has to agree.
    """
    problem = entry_refusal(role_arn, service, keys)
    if problem:
        return problem
    principal = acting(role_arn)
    called = {**_calling(principal, action), **_of_resource(resource), **(about or {})}
    asked = Question(action, resource, called)
    if not allows(principal, asked):
        return f"{role_arn} is not authorized to perform: {action} on resource: {resource}"
    return _other_side(principal, asked)


def entry_refusal(role_arn: str, service: str, keys: Context) -> str:
    """Why `service` cannot be the role at all."""
    role_trust = find(role_arn)
    if role_trust is None:
        return f"there is no role {role_arn}"
    if says(role_trust.trust_policy, service, Question(ASSUME, role_arn, keys)) is not Effect.ALLOW:
        return f"{role_arn} does not trust {service}"
    return ""


def acting(role_arn: str) -> Principal:
    """The role as a principal, in a session of a service's."""
    account_id, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    session = f"arn:aws:sts::{account_id}:assumed-role/{name}/aws"
    return Principal(account_id, session, role_arn, "")


def _other_side(principal: Principal, asked: Question) -> str:
    """What the resource's own policy makes of a role that may by its own policies."""
    resource = asked.resource
    policy = document(resource)
    if policy is None:
        return ""
    how = trust(policy, Caller(principal), asked)
    foreign = principal.account_id not in (_owner(resource), "")
    if how is Trust.DENIED or (foreign and how is Trust.NONE):
        return f"the policy of {resource} does not let {principal.identity} {asked.action}"
    return ""


def _calling(principal: Principal, action: str) -> Context:
    service, _, operation = action.partition(":")
    return context(principal, Call(service, service, operation), {})


def _of_resource(arn: str) -> Context:
    owner = _owner(arn)
    organization = organization_of(owner) if owner else None
    keys = {"aws:resourceaccount": [owner]} if owner else {}
    return {**keys, "aws:resourceorgid": [organization]} if organization else keys


def _owner(arn: str) -> str:
    """Of a bucket whoever has it: its ARN does not say."""
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[2] == "s3":
        return bucket_owner(parts[5].partition("/")[0])
    return parts[4] if len(parts) == 6 else ""
