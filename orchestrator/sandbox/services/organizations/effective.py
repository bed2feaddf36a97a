"""Policies that set things in accounts, and what they come to in one account.

Source: AWS Organizations API Reference, DescribeEffectivePolicy; User Guide, "Understanding
management policy inheritance".
"""

from __future__ import annotations

import json
import time
from typing import Any

from moto.organizations import utils
from moto.organizations.models import FakePolicy

from orchestrator.sandbox.extend import AwsError, Json

TYPES = ("DECLARATIVE_POLICY_EC2", "GUARDDUTY_POLICY", "S3_POLICY", "SECURITYHUB_POLICY")
"""Those of 2024 to 2026, which moto does not know."""
ASSIGN = "@@assign"


class Policy(FakePolicy):  # type: ignore[misc]
    """A policy of any type, those that moto does not know included."""

    SUPPORTED_POLICY_TYPES = (*FakePolicy.SUPPORTED_POLICY_TYPES, *TYPES)

    def __init__(self, organization: Any, **kwargs: Any) -> None:
        kind = kwargs.get("Type", "")
        known = "TAG_POLICY" if kind in TYPES else kind
        super().__init__(organization, **{**kwargs, "Type": known})
        self.type = kind
        if kind in TYPES:
            self._arn_format = utils.TAG_POLICY_ARN_FORMAT.replace("tag_policy", kind.lower())

    @staticmethod
    def supported_policy_type(policy_type: str) -> bool:
        return policy_type in Policy.SUPPORTED_POLICY_TYPES


class EffectivePolicyNotFound(AwsError):
    code = "EffectivePolicyNotFoundException"


def describe_effective_policy(self: Any) -> str:
    """What the policies on the way from the root come to; the nearest one has the last word."""
    backend, params = self.organizations_backend, self.request_params
    kind, target = params["PolicyType"], params.get("TargetId") or self.current_account
    merged: Json = {}
    for holder in _path(backend, target):
        for policy in holder.attached_policies:
            if policy.type == kind:
                merged = _merged(merged, json.loads(policy.content))
    if not merged:
        raise EffectivePolicyNotFound("The effective policy was not found.")
    return json.dumps(
        {
            "EffectivePolicy": {
                "PolicyContent": json.dumps(_plain(merged)),
                "LastUpdatedTimestamp": time.time(),
                "TargetId": target,
                "PolicyType": kind,
            }
        }
    )


def _path(backend: Any, target: str) -> list[Any]:
    """The root first."""
    holders = {each.id: each for each in (*backend.ou, *backend.accounts)}
    found: list[Any] = []
    while target in holders:
        found.insert(0, holders[target])
        target = getattr(holders[target], "parent_id", "")
    return found


def _merged(above: Json, below: Json) -> Json:
    both = {
        key: _merged(above[key], below[key])
        for key in above.keys() & below.keys()
        if isinstance(above[key], dict) and isinstance(below[key], dict)
    }
    return {**above, **below, **both}


def _plain(value: Any) -> Any:
    """Without the operators of inheritance."""
    if not isinstance(value, dict):
        return value
    if ASSIGN in value:
        return value[ASSIGN]
    return {key: _plain(inner) for key, inner in value.items()}
