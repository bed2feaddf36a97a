"""AWS DMS: an instance has the defaults of AWS where a request leaves them out.

Public, kept up to date, in one zone, and encrypted with the account's own key of AWS DMS.

Source: AWS DMS API Reference, CreateReplicationInstance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.dms.models import FakeReplicationInstance
from moto.kms.models import kms_backends

from orchestrator.sandbox import extend

DEFAULTS = {"publicly_accessible": True, "auto_minor_version_upgrade": True, "multi_az": False}
OWN_KEY = "alias/aws/dms"


def install() -> None:
    extend.amend(FakeReplicationInstance, "__init__", made)


def made(original: Callable[..., None], self: Any, **given: Any) -> None:
    wanted = {name: value for name, value in given.items() if value is not None}
    original(self, **{**DEFAULTS, **wanted})
    if not self.kms_key_id:
        self.kms_key_id = _own_key(given["account_id"], given["region_name"])


def _own_key(account: str, region: str) -> str:
    """AWS makes it with the first instance that needs it."""
    kms = kms_backends[account][region]
    if not kms.alias_exists(OWN_KEY):
        key = kms.create_key("", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "AWS DMS", None)
        kms.create_alias(key.id, OWN_KEY)
    return str(kms.describe_key(OWN_KEY).arn)
