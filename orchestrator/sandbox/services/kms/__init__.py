"""AWS KMS: a key says whether it is multi-Region, and AWS's own keys are AWS's and rotate.

Source: AWS KMS API Reference, KeyMetadata; AWS KMS Developer Guide, "Rotate AWS KMS keys".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.kms.models import Key, KmsBackend

from orchestrator.sandbox import extend
from orchestrator.sandbox.key_access import AWS_MANAGED


def install() -> None:
    extend.amend(Key, "__init__", made)
    extend.amend(KmsBackend, "create_alias", named)


def made(original: Callable[..., None], self: Any, *args: Any, **given: Any) -> None:
    original(self, *args, **given)
    self.multi_region = bool(self.multi_region)


def named(original: Callable[..., Any], self: Any, target_key_id: str, alias_name: str) -> Any:
    alias = original(self, target_key_id, alias_name)
    if alias_name.startswith(AWS_MANAGED):
        key = self.keys[self.get_key_id(target_key_id)]
        key.key_manager, key.key_rotation_status = "AWS", True
    return alias
