"""Whether one request is allowed by all policies that have a say. Pure.

Source: IAM User Guide, "Policy evaluation logic", "How AWS enforcement code logic evaluates
requests to allow or deny access" and "Cross-account policy evaluation logic"; AWS Organizations
User Guide, "SCP evaluation" and "RCP evaluation".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from orchestrator.sandbox.policy import Effect, Question, ask
from orchestrator.sandbox.trust import Caller, Trust, trust

Documents = Sequence[str]


class Kind(Enum):
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
    kind: Kind = Kind.IDENTITY
    explicit: bool = False


ALLOWED = Decision(True)


def decide(policies: Policies, caller: Caller, question: Question) -> Decision:
    """A Deny anywhere wins; then every layer that is there has to allow."""
    limits = list(_limits(policies, question))
    own = ask(policies.identity, question)
    bounded = replace(caller, bounded=policies.boundary is not None)
    how = trust(policies.resource, bounded, question) if policies.resource else Trust.NONE
    effects = [*limits, (Kind.RESOURCE, _effect(how)), (Kind.IDENTITY, own)]
    for kind, effect in effects:
        if effect is Effect.DENY:
            return Decision(False, kind, explicit=True)
    silent = [kind for kind, effect in limits if effect is Effect.SILENT]
    controls = [kind for kind in silent if kind in (Kind.SERVICE_CONTROL, Kind.RESOURCE_CONTROL)]
    if controls:
        return Decision(False, controls[0])
    if policies.same_account and how is Trust.BY_SESSION:
        return ALLOWED
    if own is not Effect.ALLOW and not (policies.same_account and how is Trust.BY_NAME):
        return Decision(False, Kind.IDENTITY)
    if how is Trust.NONE and (policies.binding or not policies.same_account):
        return Decision(False, Kind.RESOURCE)
    return Decision(False, silent[0]) if silent else ALLOWED


def _limits(policies: Policies, question: Question) -> Iterator[tuple[Kind, Effect]]:
    """What can only take away."""
    for level in policies.service_control:
        yield Kind.SERVICE_CONTROL, ask(level, question)
    for level in policies.resource_control:
        yield Kind.RESOURCE_CONTROL, ask(level, question)
    if policies.boundary is not None:
        yield Kind.BOUNDARY, ask([policies.boundary], question)
    if policies.session is not None:
        yield Kind.SESSION, ask(policies.session, question)


def _effect(how: Trust) -> Effect:
    if how is Trust.DENIED:
        return Effect.DENY
    return Effect.SILENT if how is Trust.NONE else Effect.ALLOW


def reason(decision: Decision, action: str) -> str:
    """The end of AWS's sentence.

    Source: IAM User Guide, "Troubleshoot access denied error messages".
    """
    article = "an" if decision.kind is Kind.IDENTITY else "a"
    if decision.explicit:
        return f"with an explicit deny in {article} {decision.kind.value}"
    return f"because no {decision.kind.value} allows the {action} action"
