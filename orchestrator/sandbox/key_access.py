"""What a service asks of a key in the caller's name, and how it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.judge import verdict
from orchestrator.sandbox.policy import Effect, Question
from orchestrator.sandbox.resource_policies import existing, find_key
from orchestrator.sandbox.service_access import acting, says
from orchestrator.sandbox.trust import Caller, lets_in, trust

Members = Mapping[str, Any]
READS, WRITES = ("kms:Decrypt",), ("kms:GenerateDataKey",)
BOTH = (*WRITES, *READS)


@dataclass(frozen=True, slots=True)
class Use:
    """`key` is the ARN of a key or alias, `region` that of the resource, whose service `via` is.

    `keys` are the condition keys of the encryption context.
    """

    key: str
    actions: tuple[str, ...]
    via: str
    region: str
    keys: Context = field(default_factory=dict)


Uses = Callable[[Call, Members, str], Iterator[Use]]
"""The call, its members and the caller's account → what is asked, in that order."""


AWS_MANAGED = "alias/aws/"
"""How the aliases begin that AWS's services make; nobody else may."""


def key_arn(key_id: str, account_id: str, region: str) -> str:
    """The ARN of a key or alias that a resource of an account and region names in short."""
    if key_id.startswith("arn:"):
        return key_id
    kind = "" if key_id.startswith("alias/") else "key/"
    return f"arn:aws:kms:{region}:{account_id}:{kind}{key_id}"


def key_refusal(arn: str, actions: Iterable[str], principal: str, via: str, keys: Context) -> str:
    """Why `principal`, a service's name or a role's ARN, cannot use the key; '' when it can.

    `via` is the service that asks KMS ('sqs.eu-west-1.amazonaws.com'); `keys` are the condition
    keys of the call it does so for. The key has to be enabled, whoever asks.
    """
    _, _, _, region, account_id, resource = arn.split(":", 5)
    backend = existing("kms", account_id, region)
    key = find_key(backend, resource) if backend is not None else None
    if key is None:
        if resource.startswith(AWS_MANAGED):
            return _managed(arn, account_id, principal)
        return f"there is no key {arn}"
    if key.key_state != "Enabled" or not key.enabled:
        return f"the key {arn} is {key.key_state if key.enabled else 'Disabled'}"
    if any(alias.startswith(AWS_MANAGED) for alias in key.aliases):
        return _managed(arn, account_id, principal)
    said = {**keys, "kms:viaservice": [via], "kms:calleraccount": [_caller(principal, keys)]}
    for action in actions:
        if not _admits(key, principal, Question(action, str(key.arn), said)):
            return f"the policy of the key {key.arn} does not let {principal} {action}"
    return ""


def _managed(arn: str, account_id: str, principal: str) -> str:
    """A key of AWS's own admits whoever may use the service in the account, but no service.

    Source: AWS KMS Developer Guide, "AWS managed keys": their policies cannot be changed.
    """
    if principal.startswith("arn:") and principal.split(":")[4] == account_id:
        return ""
    return f"{arn} is a key of AWS's own, whose policy lets in neither services nor other accounts"


def _caller(principal: str, keys: Context) -> str:
    if principal.startswith("arn:"):
        return principal.split(":")[4]
    return next(iter(keys.get("aws:sourceaccount", ())), "")


def _admits(key: Any, principal: str, question: Question) -> bool:
    if _granted(key, principal, question.action):
        return True
    if not principal.startswith("arn:"):
        return says(str(key.policy), principal, question) is Effect.ALLOW
    role = acting(principal)
    about_role = {"aws:principalarn": [principal], "aws:principalaccount": [role.account_id]}
    asked = Question(question.action, question.resource, {**question.context, **about_role})
    how = trust(str(key.policy), Caller(role), asked)
    same = role.account_id == key.account_id
    return lets_in(how, verdict(role, asked), same_account=same)


def _granted(key: Any, principal: str, action: str) -> bool:
    """A grant's constraints, on the encryption context, are taken for met."""
    operation = action.partition(":")[2]
    return any(
        grant.grantee_principal == principal and operation in grant.operations
        for grant in list(key.grants.values())
    )
