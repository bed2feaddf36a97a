"""What an organization's policies say of an account: SCPs of its principals, RCPs of its resources.

Source: AWS Organizations User Guide, "Service control policies" and "Resource control policies":
neither binds the management account, nor service-linked roles; both are inherited from the root
and every OU down to the account, and each level has to allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moto.organizations.models import organizations_backends

Levels = Sequence[Sequence[str]]

SERVICE_CONTROL, RESOURCE_CONTROL = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
CONTROLLED = frozenset({"s3", "sts", "kms", "sqs", "secretsmanager", "ecr", "aoss"})
"""Services whose resources RCPs protect. Source: AWS Organizations User Guide, "List of AWS
services that support RCPs"."""

LINKED = ":role/aws-service-role/"


def service_control(account_id: str, identity: str) -> Levels:
    """The SCPs over a principal of the account, from the root down; none where none bind it."""
    return () if LINKED in identity else _levels(account_id, SERVICE_CONTROL)


def resource_control(owner: str, action: str, identity: str) -> Levels:
    """The RCPs over a resource of the account `owner` for this action."""
    if LINKED in identity or action.partition(":")[0] not in CONTROLLED:
        return ()
    return _levels(owner, RESOURCE_CONTROL)


def _levels(account_id: str, kind: str) -> Levels:
    member = organizations_backends.master_accounts.get(account_id)
    if member is None or member[0] == account_id:
        return ()
    backend = organizations_backends[member[0]][member[1]]
    if not _enabled(backend, kind):
        return ()
    units = {unit.id: unit for unit in backend.ou}
    account = next((a for a in backend.accounts if a.id == account_id), None)
    found: list[list[Any]] = []
    node: Any = account
    while node is not None:
        found.append([p for p in list(node.attached_policies) if p.type == kind])
        node = units.get(node.parent_id) if node.parent_id != node.id else None
    return () if _unlimited(found) else [[p.content for p in level] for level in reversed(found)]


def _unlimited(levels: Sequence[Sequence[Any]]) -> bool:
    """As long as there is nothing but AWS's own FullAWSAccess on every level."""
    return all(level and all(policy.aws_managed for policy in level) for level in levels)


def _enabled(backend: Any, kind: str) -> bool:
    """Whether the root has this type of policy turned on."""
    root = backend.ou[0] if backend.ou else None
    types = root.policy_types if root is not None else ()
    return any(each["Type"] == kind and each["Status"] == "ENABLED" for each in types)
