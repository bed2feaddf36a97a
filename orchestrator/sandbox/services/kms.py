"""AWS KMS: a key says whether it is multi-Region, and AWS's own keys are AWS's and rotate.

Source: AWS KMS API Reference, KeyMetadata; AWS KMS Developer Guide, "Rotate AWS KMS keys".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.kms.models import Key, KmsBackend, kms_backends
from moto.kms.responses import KmsResponse

from orchestrator.sandbox import extend
from orchestrator.sandbox.data_access import AWS_MANAGED


def install() -> None:
    extend.amend(Key, "__init__", made)
    extend.amend(KmsBackend, "create_alias", named)
    extend.amend(KmsResponse, "kms_backend", responsible)
    for name in BY_ID:
        extend.amend(KmsBackend, name, by_id)


BY_ID = (
    *("cancel_key_deletion", "disable_key", "enable_key", "list_key_rotations"),
    *("rotate_key_on_demand", "schedule_key_deletion"),
)
"""What moto does only with a key's id, though an ARN is as good."""


def by_id(original: Callable[..., Any], self: Any, key_id: str, *args: Any, **given: Any) -> Any:
    return original(self, self.get_key_id(key_id), *args, **given)


def responsible(original: Callable[[Any], Any], self: Any) -> Any:
    """The backend of the key: an ARN may be another account's, whose policies have agreed.

    Source: AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key".
    """
    named = str(self._get_param("KeyId") or "")
    owner = named.split(":")[4] if named.startswith("arn:") and named.count(":") >= 5 else ""
    foreign = self._get_action() in ACROSS_ACCOUNTS and owner not in ("", self.current_account)
    return kms_backends[owner][self.region] if foreign else original(self)


ACROSS_ACCOUNTS = frozenset(
    (
        *("CreateGrant", "Decrypt", "DeriveSharedSecret", "DescribeKey", "Encrypt"),
        *("GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"),
        *("GenerateDataKeyWithoutPlaintext", "GenerateMac", "GetKeyRotationStatus"),
        *("GetPublicKey", "ListGrants", "RetireGrant", "RevokeGrant", "Sign", "Verify"),
        "VerifyMac",
    )
)
"""Source: AWS KMS API Reference, "Cross-account use" of each operation."""


def made(original: Callable[..., None], self: Any, *args: Any, **given: Any) -> None:
    original(self, *args, **given)
    self.multi_region = bool(self.multi_region)


def named(original: Callable[..., Any], self: Any, target_key_id: str, alias_name: str) -> Any:
    alias = original(self, target_key_id, alias_name)
    if alias_name.startswith(AWS_MANAGED):
        key = self.keys[self.get_key_id(target_key_id)]
        key.key_manager, key.key_rotation_status = "AWS", True
    return alias
