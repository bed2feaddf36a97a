"""Who belongs to whose organization: a read-only view of what moto's Organizations knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends


@dataclass(frozen=True, slots=True)
class Organization:
    """One organization at one moment. `parents` holds accounts and OUs; the root has none.

    Suspended accounts are left out: ListAccounts names them until they are closed for good, and
    nothing else can be done with them. Source: AWS Account Management Reference Guide, "Close an
    AWS account" (post-closure period).
    """

    id: str
    management: str
    root: str
    emails: Mapping[str, str]
    parents: Mapping[str, str]
    delegated: Mapping[str, frozenset[str]]
    trusted: frozenset[str]

    def path(self, target: str) -> tuple[str, ...]:
        """`target` and everything above it, nearest first, the root last; () if it is unknown."""
        return tuple(self._upwards(target)) if self.knows(target) else ()

    def knows(self, target: str) -> bool:
        return target == self.root or target in self.parents

    def is_administrator(self, account_id: str, principal: str) -> bool:
        """Whether it is the management account or the service's delegated administrator."""
        return account_id == self.management or principal in self.delegated.get(account_id, ())

    def _upwards(self, target: str) -> Iterator[str]:
        yield target
        while target in self.parents:
            target = self.parents[target]
            yield target


def organization_of(account_id: str) -> Organization | None:
    """The organization `account_id` is in, as management account or as member."""
    member = organizations_backends.master_accounts.get(account_id)
    backend = organizations_backends[member[0] if member else account_id]["aws"]
    if backend.org is None:
        return None
    units = {unit.id: unit.parent_id for unit in backend.ou if unit.id != backend.org.root_id}
    accounts = {a.id: a.parent_id for a in backend.accounts if a.status == "ACTIVE"}
    return Organization(
        id=backend.org.id,
        management=backend.org.master_account_id,
        root=backend.org.root_id,
        emails={a.id: a.email for a in backend.accounts if a.status == "ACTIVE"},
        parents={**units, **accounts},
        delegated={a.account.id: frozenset(a.services) for a in backend.admins},
        trusted=frozenset(service["ServicePrincipal"] for service in backend.services),
    )


def has_linked_role(account_id: str, service: str) -> bool:
    """Whether the account has the service-linked role of `service`, a service principal."""
    roles = iam_backends[account_id]["aws"].roles
    return any(role.path == f"/aws-service-role/{service}/" for role in list(roles.values()))


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
