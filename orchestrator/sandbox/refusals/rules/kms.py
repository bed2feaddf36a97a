"""AWS KMS: a key's policy must not lock its maker out, windows of deletion, keys in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestrator.sandbox.data_access import key_arn
from orchestrator.sandbox.decision import Caller, Trust, trust
from orchestrator.sandbox.exchange import Principal
from orchestrator.sandbox.policy import NotAPolicy, Question
from orchestrator.sandbox.refusals import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules import documents
from orchestrator.sandbox.resource_policies import existing, find_key

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
    return how not in (Trust.NONE, Trust.DENIED)


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


def key_itself(asked: Asked) -> Iterator[Refused]:
    """What is about a key as a thing wants its id or ARN, in the region that is asked.

    Source: AWS KMS API Reference, "KeyId" of each operation, and InvalidArnException, in the words
    that ministryofjustice/modernisation-platform#8298 shows; "Invalid arn" as S3 hands it on.
    """
    given = asked.text("KeyId")
    if given.startswith("alias/"):
        yield Refused("NotFoundException", f"Invalid keyId '{given}'")
    if given.startswith("arn:") and ":alias/" in given:
        text = "Key Aliases are not supported for this operation"
        yield Refused("InvalidArnException", text)
    yield from right_region(asked)


def right_region(asked: Asked) -> Iterator[Refused]:
    """A key is known in its own region alone. Source: as of `key_itself`."""
    for name in ("KeyId", "SourceKeyId", "DestinationKeyId", "TargetKeyId"):
        given = asked.text(name)
        region = given.split(":")[3] if given.startswith("arn:") and given.count(":") > 4 else ""
        if region and region != asked.region:
            yield Refused("NotFoundException", f"Invalid arn {region}")


def usable(asked: Asked) -> Iterator[Refused]:
    """Source: AWS KMS Developer Guide, "Key states of AWS KMS keys"."""
    for name in ("KeyId", "SourceKeyId", "DestinationKeyId"):
        key = _key(asked, asked.text(name)) if asked.text(name) else None
        if key is None:
            continue
        if key.key_state in ("PendingDeletion", "PendingImport"):
            yield Refused("KMSInvalidStateException", f"{key.arn} is pending deletion.")
        elif key.key_state == "Disabled" or not key.enabled:
            yield Refused("DisabledException", f"{key.arn} is disabled.")


def _key(asked: Asked, named: str) -> Any:
    _, _, _, region, account_id, resource = key_arn(named, asked.account_id, asked.region).split(
        ":", 5
    )
    backend = existing("kms", account_id, region)
    return find_key(backend, resource) if backend is not None else None


USES = (
    *("Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
    *("GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateMac", "VerifyMac"),
    *("Sign", "Verify"),
)

IN_REGION = ("DeriveSharedSecret", "DescribeKey", "GetPublicKey", "UpdateAlias")
KEYS_ONLY = (
    *("CancelKeyDeletion", "CreateGrant", "DeleteImportedKeyMaterial", "DisableKey"),
    *("DisableKeyRotation", "EnableKey", "EnableKeyRotation", "GetKeyPolicy"),
    *("GetKeyRotationStatus", "GetParametersForImport", "ImportKeyMaterial", "ListAliases"),
    *("ListGrants", "ListKeyPolicies", "ListKeyRotations", "ListResourceTags", "ReplicateKey"),
    *("RetireGrant", "RevokeGrant", "RotateKeyOnDemand", "TagResource", "UntagResource"),
    *("UpdateKeyDescription", "UpdatePrimaryRegion"),
)
"""Operations whose key is not named by an alias. Source: AWS KMS API Reference, of each."""

RULES: Rules = {
    **dict.fromkeys(USES, (right_region, usable)),
    **dict.fromkeys(IN_REGION, (right_region,)),
    **dict.fromkeys(KEYS_ONLY, (key_itself,)),
    "CreateKey": (key_policy,),
    "PutKeyPolicy": (key_itself, key_policy),
    "CreateAlias": (alias, right_region),
    "ScheduleKeyDeletion": (key_itself, window),
}
