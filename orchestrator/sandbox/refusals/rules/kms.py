"""AWS KMS: a key's policy must not lock its maker out, and windows of deletion."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.sandbox.exchange import Principal
from orchestrator.sandbox.policy import NotAPolicy, Question
from orchestrator.sandbox.refusals.refused import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules import documents
from orchestrator.sandbox.trust import Caller, Trust, trust

MALFORMED = "MalformedPolicyDocumentException"
LOCKED = "The new key policy will not allow you to update the key policy in the future."
CHANGE = "kms:PutKeyPolicy"


def key_policy(asked: Asked) -> Iterator[Refused]:
    """Source: AWS KMS API Reference, CreateKey and PutKeyPolicy, "Policy"."""
    text = asked.text("Policy")
    if not text:
        return
    document = documents.loaded(text)
    if document is None:
        yield Refused(MALFORMED, "The policy is not valid JSON")
        return
    for wrong in documents.malformed(document, resources=True, principals=True):
        yield Refused(MALFORMED, wrong)
    if next(documents.unknown_principals(document), None):
        yield Refused(MALFORMED, "Policy contains a statement with one or more invalid principals.")
    if not asked.params.get("BypassPolicyLockoutSafetyCheck") and not _keeps_open(text, asked):
        yield Refused(MALFORMED, LOCKED)


def _keeps_open(text: str, asked: Asked) -> bool:
    caller = Caller(Principal(asked.account_id, asked.caller, asked.caller, ""))
    keys = {"aws:principalarn": [asked.caller], "aws:principalaccount": [asked.account_id]}
    keys |= {"kms:calleraccount": [asked.account_id]}
    key = f"arn:aws:kms:{asked.region}:{asked.account_id}:key/new"
    try:
        how = trust(text, caller, Question(CHANGE, key, keys))
    except NotAPolicy:
        return False
    return how in (Trust.BY_NAME, Trust.BY_ACCOUNT)


def alias(asked: Asked) -> Iterator[Refused]:
    """Source: AWS KMS API Reference, CreateAlias: "cannot begin with alias/aws/"."""
    name = asked.text("AliasName")
    if name.startswith("alias/aws/"):
        yield Refused("NotAuthorizedException", "")
    if not name.startswith("alias/") or name == "alias/":
        yield Refused("InvalidAliasNameException", "Alias must start with the prefix alias/")


def window(asked: Asked) -> Iterator[Refused]:
    """Source: AWS KMS API Reference, ScheduleKeyDeletion: between 7 and 30, inclusive."""
    days = asked.params.get("PendingWindowInDays")
    if days is not None and not 7 <= days <= 30:
        text = "PendingWindowInDays must be between 7 and 30"
        yield Refused("ValidationException", text)


RULES: Rules = {
    "CreateKey": (key_policy,),
    "PutKeyPolicy": (key_policy,),
    "CreateAlias": (alias,),
    "ScheduleKeyDeletion": (window,),
}
