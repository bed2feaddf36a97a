"""The layer that asks KMS, as services that keep data do in the caller's name.

A key's policy, the caller's own policies and grants have to allow it, and the key has to be usable.
Source: as in `data_keys` and `store_keys`; AWS KMS Developer Guide, "Key states of AWS KMS keys".
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from orchestrator.sandbox.authorization import refusal
from orchestrator.sandbox.callers import standing
from orchestrator.sandbox.data_access import AWS_MANAGED, Use
from orchestrator.sandbox.data_keys import uses
from orchestrator.sandbox.decision import Decision, PolicyType
from orchestrator.sandbox.exchange import Answer, Call, Exchange, Handle, Need, Principal, error
from orchestrator.sandbox.judge import Lazy, judge, of_call
from orchestrator.sandbox.needs.inputs import members
from orchestrator.sandbox.policy import Question
from orchestrator.sandbox.resource_policies import existing, find_key


class Wrong(Enum):
    """What can be wrong with a key, or with who wants it."""

    DENIED = "denied"
    MISSING = "missing"
    DISABLED = "disabled"
    LEAVING = "leaving"


DENIED = "AccessDeniedException"


def _all(code: str) -> Mapping[Wrong, str]:
    """One code for whatever is wrong with a key, and another for who may not use it."""
    return {**dict.fromkeys(Wrong, code), Wrong.DENIED: DENIED}


CODES: Mapping[str, Mapping[Wrong, str]] = {
    "dynamodb": _all("ValidationException"),
    "lambda": _all("InvalidParameterValueException"),
    "s3": {
        Wrong.DENIED: "AccessDenied",
        Wrong.MISSING: "KMS.NotFoundException",
        Wrong.DISABLED: "KMS.DisabledException",
        Wrong.LEAVING: "KMS.KMSInvalidStateException",
    },
    "secretsmanager": _all("EncryptionFailure"),
    "secretsmanager:GetSecretValue": _all("DecryptionFailure"),
    "sns": {
        Wrong.DENIED: "KMSAccessDenied",
        Wrong.MISSING: "KMSNotFound",
        Wrong.DISABLED: "KMSDisabled",
        Wrong.LEAVING: "KMSInvalidState",
    },
    "sqs": {
        Wrong.DENIED: "KMS.AccessDeniedException",
        Wrong.MISSING: "KMS.NotFoundException",
        Wrong.DISABLED: "KMS.DisabledException",
        Wrong.LEAVING: "KMS.InvalidStateException",
    },
    "ssm": _all("InvalidKeyId"),
}
"""By service, or by operation. Source: Amazon SNS, SQS, Secrets Manager, Systems Manager and Lambda
API References, errors of the operations. S3 hands KMS's errors on: "KMS." and KMS's own name of it
(reported in public issues; not in S3's list); DynamoDB in its words (reported: aws-controllers-k8s,
community issue 2136).
"""


def _codes(call: Call, via: str) -> Mapping[Wrong, str]:
    return CODES.get(f"{via}:{call.operation}", CODES[via])


def encryption(inner: Handle) -> Handle:
    """Refuse a call for data whose key the caller may not use, or nobody can."""

    def handle(exchange: Exchange) -> Answer:
        call, principal = exchange.call, exchange.principal
        if principal is None or call.service not in CODES:
            return inner(exchange)
        for use in uses(call, members(exchange), principal.account_id):
            answer = _refused(exchange, principal, use)
            if answer is not None:
                return answer
        return inner(exchange)

    return handle


def _refused(exchange: Exchange, principal: Principal, use: Use) -> Answer | None:
    call = exchange.call
    codes = _codes(call, use.via)
    _, _, _, region, account_id, resource = use.key.split(":", 5)
    backend = existing("kms", account_id, region)
    key = find_key(backend, resource) if backend is not None and region == use.region else None
    if _managed(key, resource):
        if account_id == principal.account_id:
            return None
        need, decision = Need(use.actions[0], use.key), Decision(False, PolicyType.RESOURCE)
        return _denied(exchange, principal, need, decision)
    if key is None:
        return error(call, 400, codes[Wrong.MISSING], _missing(use, region))
    known = of_call(principal, call, exchange.text("HTTP_USER_AGENT"))
    asked = known.knowing({**_through(use, principal), **use.keys})
    for action in use.actions:
        problem = _unmet(principal, Need(action, str(key.arn)), asked)
        if problem is not None:
            return _denied(exchange, principal, Need(action, str(key.arn)), problem)
    state = _state(key)
    if state is None:
        return None
    what = "disabled" if state is Wrong.DISABLED else "pending deletion"
    return error(call, 400, codes[state], f"{key.arn} is {what}.")


def _through(use: Use, principal: Principal) -> dict[str, list[str]]:
    """Source: AWS KMS Developer Guide, "AWS KMS condition keys", kms:ViaService."""
    return {
        "kms:viaservice": [f"{use.via}.{use.region}.amazonaws.com"],
        "kms:calleraccount": [principal.account_id],
        "aws:viaawsservice": ["true"],
    }


def _unmet(principal: Principal, need: Need, keys: Lazy) -> Decision | None:
    decision = judge(standing(principal), Question(need.action, need.resource, keys))
    return None if decision.allowed else decision


def _denied(exchange: Exchange, principal: Principal, need: Need, decision: Decision) -> Answer:
    """Noted for the log as every other refusal of the caller is."""
    exchange.refused, exchange.allowed = need, False
    call = exchange.call
    status = 403 if call.service in ("lambda", "s3") else 400
    text = refusal(principal, need, decision)
    return error(call, status, _codes(call, call.service)[Wrong.DENIED], text)


def _managed(key: Any, resource: str) -> bool:
    """AWS's own key of a service admits who may use the service, in its account alone.

    Source: AWS KMS Developer Guide, "AWS managed keys".
    """
    aliases = key.aliases if key is not None else [resource]
    return any(str(alias).startswith(AWS_MANAGED) for alias in aliases)


def _missing(use: Use, region: str) -> str:
    if region != use.region:
        return f"Invalid arn {region}"
    return f"Key '{use.key}' does not exist"


def _state(key: Any) -> Wrong | None:
    if key.key_state == "Enabled" and key.enabled:
        return None
    return Wrong.DISABLED if key.key_state in ("Enabled", "Disabled") else Wrong.LEAVING
