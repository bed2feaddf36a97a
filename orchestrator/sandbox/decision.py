"""Whether one request is allowed by all policies that have a say, a role's trust policy too. Pure.

Source: IAM User Guide, "Policy evaluation logic", "How AWS enforcement code logic evaluates
requests to allow or deny access" and "Cross-account policy evaluation logic"; AWS Organizations
User Guide, "SCP evaluation" and "RCP evaluation".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from orchestrator.sandbox.exchange import Principal
from orchestrator.sandbox.policy import Effect, NotAPolicy, Question, Statement, applies, ask, parse


class Trust(Enum):
    """How a resource policy lets a principal in."""

    BY_SESSION = "by session"
    """The session or the user itself: within one account, nothing else need agree."""
    BY_NAME = "by name"
    """The role itself: within one account, its own policies need not agree."""
    BY_ACCOUNT = "by account"
    """Its account: its own policies have to allow the call too."""
    NONE = "none"
    DENIED = "denied"


BEST = (Trust.BY_SESSION, Trust.BY_NAME, Trust.BY_ACCOUNT)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks to be let in: an AWS principal, a service by its principal's name, or who has a
    token of an identity provider, by the provider's ARN. `bounded`: it has a permissions boundary.
    """

    principal: Principal | None = None
    service: str = ""
    federated: str = ""
    bounded: bool = False


def trust(document: str, caller: Caller, question: Question) -> Trust:
    """What a trust policy says. A document that is not a policy lets nobody in."""
    try:
        statements = parse(document)
    except NotAPolicy:
        return Trust.NONE
    found = Trust.NONE
    for statement in statements:
        how = _matched(statement, caller)
        if how is Trust.NONE or not applies(statement, question):
            continue
        if not statement.allows:
            return Trust.DENIED
        found = _best((found, how))
    return found


def _matched(statement: Statement, caller: Caller) -> Trust:
    if statement.principals is None:
        return Trust.NONE
    how = _best(_match(kind, name, caller) for kind, name in statement.principals)
    if not statement.inverted_principals:
        return how
    # "NotPrincipal with a Deny effect will always deny any IAM principal that has a permissions
    # boundary". Source: IAM User Guide, "NotPrincipal".
    bound = caller.bounded and not statement.allows
    return Trust.BY_ACCOUNT if how is Trust.NONE or bound else Trust.NONE


def _best(found: Iterable[Trust]) -> Trust:
    kinds = set(found)
    return next((t for t in BEST if t in kinds), Trust.NONE)


def _match(kind: str, name: str, caller: Caller) -> Trust:
    if kind == "Service":
        return Trust.BY_NAME if name == caller.service and caller.service else Trust.NONE
    if kind == "Federated":
        return Trust.BY_NAME if name == caller.federated and caller.federated else Trust.NONE
    principal = caller.principal
    if kind != "AWS" or principal is None:
        return Trust.NONE
    if name in (principal.identity, principal.arn):
        return Trust.BY_SESSION if name == principal.arn else Trust.BY_NAME
    if name == "*":
        return Trust.BY_NAME if principal.is_role else Trust.BY_SESSION
    root = f"arn:aws:iam::{principal.account_id}:root"
    return Trust.BY_ACCOUNT if name in (principal.account_id, root) else Trust.NONE


def lets_in(how: Trust, own: Effect, *, same_account: bool) -> bool:
    """Put both sides together.

    Source: IAM User Guide, "Policy evaluation logic": in one account a principal named by the
    resource's policy needs no policy of its own; across accounts both must allow.
    """
    if how in (Trust.NONE, Trust.DENIED) or own is Effect.DENY:
        return False
    named = how in (Trust.BY_NAME, Trust.BY_SESSION)
    return own is Effect.ALLOW or (same_account and named)


Documents = Sequence[str]


class PolicyType(Enum):
    """Which kind of policy decided, in the words of AWS's messages."""

    SERVICE_CONTROL = "service control policy"
    RESOURCE_CONTROL = "resource control policy"
    RESOURCE = "resource-based policy"
    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"


@dataclass(frozen=True, slots=True)
class Policies:
    """Everything that has a say. A `resource` policy is None where the resource can have none.

    Control policies stand level by level, from the root down to the account: each level has to
    allow. `binding`: without the resource's policy nobody may, not even in its own account, as it
    is with keys and roles.
    """

    identity: Documents = ()
    boundary: str | None = None
    session: Documents | None = None
    service_control: Sequence[Documents] = ()
    resource_control: Sequence[Documents] = ()
    resource: str | None = None
    same_account: bool = True
    binding: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """`kind` is the policy that denies, or the first that does not allow."""

    allowed: bool
    kind: PolicyType = PolicyType.IDENTITY
    explicit: bool = False


ALLOWED = Decision(True)


def decide(policies: Policies, caller: Caller, question: Question) -> Decision:
    """A Deny anywhere wins; then every layer that is there has to allow."""
    limits = list(_limits(policies, question))
    own = ask(policies.identity, question)
    bounded = replace(caller, bounded=policies.boundary is not None)
    how = trust(policies.resource, bounded, question) if policies.resource else Trust.NONE
    effects = [*limits, (PolicyType.RESOURCE, _effect(how)), (PolicyType.IDENTITY, own)]
    for kind, effect in effects:
        if effect is Effect.DENY:
            return Decision(False, kind, explicit=True)
    silent = [kind for kind, effect in limits if effect is Effect.SILENT]
    controls = [
        kind for kind in silent if kind in (PolicyType.SERVICE_CONTROL, PolicyType.RESOURCE_CONTROL)
    ]
    if controls:
        return Decision(False, controls[0])
    if policies.same_account and how is Trust.BY_SESSION:
        return ALLOWED
    if own is not Effect.ALLOW and not (policies.same_account and how is Trust.BY_NAME):
        return Decision(False, PolicyType.IDENTITY)
    if how is Trust.NONE and (policies.binding or not policies.same_account):
        return Decision(False, PolicyType.RESOURCE)
    return Decision(False, silent[0]) if silent else ALLOWED


def _limits(policies: Policies, question: Question) -> Iterator[tuple[PolicyType, Effect]]:
    """What can only take away."""
    for level in policies.service_control:
        yield PolicyType.SERVICE_CONTROL, ask(level, question)
    for level in policies.resource_control:
        yield PolicyType.RESOURCE_CONTROL, ask(level, question)
    if policies.boundary is not None:
        yield PolicyType.BOUNDARY, ask([policies.boundary], question)
    if policies.session is not None:
        yield PolicyType.SESSION, ask(policies.session, question)


def _effect(how: Trust) -> Effect:
    if how is Trust.DENIED:
        return Effect.DENY
    return Effect.SILENT if how is Trust.NONE else Effect.ALLOW


def reason(decision: Decision, action: str) -> str:
    """The end of AWS's sentence.

    Source: IAM User Guide, "Troubleshoot access denied error messages".
    """
    article = "an" if decision.kind is PolicyType.IDENTITY else "a"
    if decision.explicit:
        return f"with an explicit deny in {article} {decision.kind.value}"
    return f"because no {decision.kind.value} allows the {action} action"
