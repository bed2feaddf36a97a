"""Who belongs to whose organization: a read-only view of what moto's Organizations knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
