"""Declarative policies: what they come to for an account, and which of that are not valid.

An account whose effective policy is not valid keeps the last one that was.
Source: AWS Organizations User Guide, "Understanding declarative policy inheritance" and "About
invalid effective policy alerts"; API Reference, DescribeEffectivePolicy,
ListAccountsWithInvalidEffectivePolicy, ListEffectivePolicyValidationErrors.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import boto3
from moto.organizations.models import organizations_backends

from orchestrator.model.organization_policies import (
    ALL_SUPPORTED,
    CSPM,
    DISABLE,
    ENABLE,
    ENABLEMENT,
    HUB,
    PolicyType,
)
from orchestrator.model.policy_inheritance import effective
from orchestrator.sandbox.extend import AwsError, Json, page
from orchestrator.sealed import NO_FILES, sealed


class EffectivePolicyNotFound(AwsError):
    code = "EffectivePolicyNotFoundException"


@dataclass(frozen=True, slots=True)
class Fault:
    """As EffectivePolicyValidationError has it."""

    code: str
    path: str
    message: str


def enabled(backend: Any, kind: str) -> bool:
    """Whether the root has policies of this type turned on."""
    root = next((unit for unit in backend.ou if unit.id == backend.org.root_id), None)
    types = root.policy_types if root is not None else ()
    return any(each["Type"] == kind and each["Status"] == "ENABLED" for each in types)


def comes_to(backend: Any, kind: str, target: str) -> Json:
    """What is attached from the root to the target, merged; {} where nothing is."""
    if not enabled(backend, kind):
        return {}
    levels = [
        [json.loads(p.content) for p in holder.attached_policies if p.type == kind]
        for holder in _path(backend, target)
    ]
    return dict(effective(levels))


def _path(backend: Any, target: str) -> list[Any]:
    """The root first."""
    holders = {each.id: each for each in (*backend.ou, *backend.accounts)}
    found: list[Any] = []
    while target in holders:
        found.insert(0, holders[target])
        target = getattr(holders[target], "parent_id", "")
    return found


def faults(kind: str, document: Json) -> Iterator[Fault]:
    """What keeps an effective policy from being enforced. Only Security Hub's are known."""
    if kind == PolicyType.HUB and document:
        yield from _list_faults(document.get(HUB, {}), HUB)
    if kind == PolicyType.CSPM and document:
        within = document.get(CSPM, {}).get(ENABLEMENT, {})
        yield from _list_faults(within, f"{CSPM}/{ENABLEMENT}")


def _list_faults(said: Json, path: str) -> Iterator[Fault]:
    for name in (ENABLE, DISABLE):
        if name not in said:
            yield Fault("KEY_REQUIRED", path, f"The required key {name} is missing.")


def unknown_regions(names: Any) -> list[str]:
    return sorted({str(name) for name in names} - regions() - {ALL_SUPPORTED})


@lru_cache(maxsize=1)
def regions() -> frozenset[str]:
    """Those in which Security Hub is available."""
    session = boto3.Session(botocore_session=sealed(NO_FILES))
    return frozenset(session.get_available_regions("securityhub"))


def valid(backend: Any, kind: str, account: str) -> Json:
    """The effective policy that is enforced: the last one of the account that was valid."""
    kept: dict[tuple[str, str], Json] = backend.__dict__.setdefault("enforced", {})
    document = comes_to(backend, kind, account)
    if not next(faults(kind, document), None):
        kept[kind, account] = document
    return kept.get((kind, account), {})


def describe_effective_policy(self: Any) -> str:
    backend, params = self.organizations_backend, self.request_params
    kind, target = params["PolicyType"], params.get("TargetId") or self.current_account
    document = comes_to(backend, kind, target)
    if not document:
        raise EffectivePolicyNotFound("The effective policy was not found.")
    said = {
        "PolicyContent": json.dumps(document),
        "LastUpdatedTimestamp": time.time(),
        "TargetId": target,
        "PolicyType": kind,
    }
    return json.dumps({"EffectivePolicy": said})


def list_accounts_with_invalid_effective_policy(self: Any) -> str:
    backend, params = self.organizations_backend, self.request_params
    kind = params["PolicyType"]
    found = [
        account.describe()
        for account in backend.accounts
        if next(faults(kind, comes_to(backend, kind, account.id)), None)
    ]
    return json.dumps({**page(found, params, "Accounts", limit=20), "PolicyType": kind})


def list_effective_policy_validation_errors(self: Any) -> str:
    backend, params = self.organizations_backend, self.request_params
    kind, account = params["PolicyType"], backend.get_account_by_id(params["AccountId"])
    contributing = [
        policy.id
        for holder in _path(backend, account.id)
        for policy in holder.attached_policies
        if policy.type == kind
    ]
    found = [
        {
            "ErrorCode": fault.code,
            "ErrorMessage": fault.message,
            "PathToError": fault.path,
            "ContributingPolicies": contributing,
        }
        for fault in faults(kind, comes_to(backend, kind, account.id))
    ]
    answer = page(found, params, "EffectivePolicyValidationErrors", limit=20)
    return json.dumps({**answer, "AccountId": account.id, "PolicyType": kind})


CHANGING = (
    "attach_policy",
    "detach_policy",
    "update_policy",
    "enable_policy_type",
    "disable_policy_type",
)


def changed(original: Callable[..., Any], self: Any) -> Any:
    """What a service does by such policies follows them."""
    from orchestrator.sandbox import services  # noqa: PLC0415  the package above imports others

    answer = original(self)
    services.on_policies_changed(self.organizations_backend.account_id)
    return answer


def governed(management: str, account: str, kind: PolicyType) -> Json:
    """The effective policy of an account that is enforced; {} where none governs it."""
    return valid(organizations_backends[management]["aws"], kind, account)


def is_attached(management: str, kind: PolicyType) -> bool:
    """Whether a policy of this type is on, and is attached to anything."""
    backend = organizations_backends[management]["aws"]
    there = (policy for policy in backend.policies if policy.type == kind)
    return any(policy.attachments for policy in there) and enabled(backend, kind)


def any_of_security_hub(management: str) -> bool:
    """Whether there is, or ever was, a policy of these types."""
    backend = organizations_backends[management]["aws"]
    kinds = set(PolicyType)
    return "enforced" in backend.__dict__ or any(p.type in kinds for p in backend.policies)
