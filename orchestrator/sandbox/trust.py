"""Whether a role lets a caller in: its trust policy, with what the caller's own policies say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from orchestrator.sandbox.exchange import Principal
from orchestrator.sandbox.policy import Effect, NotAPolicy, Question, Statement, applies, parse


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
