"""The organization that a sandbox begins with, and the key of its administrator."""

from __future__ import annotations

from dataclasses import dataclass

from moto.iam.models import AccessKey, iam_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.organizations.models import FakeOrganizationalUnit, organizations_backends

from orchestrator.sandbox.fleet import Fleet, FleetAccount
from orchestrator.sandbox.services.organizations.models import ADMINISTRATOR, Account

ADMINISTRATOR_NAME = "administrator"


@dataclass(frozen=True, slots=True)
class Key:
    """An access key of the management account's administrator."""

    id: str
    secret: str


def reset(fleet: Fleet, key: Key) -> None:
    """Forget everything, and begin with the fleet again."""
    moto_api_backend.reset()
    organizations_backends.master_accounts.clear()
    seed(fleet, key)


def seed(fleet: Fleet, key: Key) -> None:
    """Make the organization, its OUs and accounts, and the administrator of the management."""
    backend = organizations_backends[fleet.management_id]["aws"]
    backend.create_organization(region="us-east-1", FeatureSet="ALL")
    _name(backend, fleet)
    policies = [policy.id for policy in backend.policies]
    for unit in fleet.units:
        made = FakeOrganizationalUnit(backend.org, Name=unit.name, ParentId=unit.parent)
        made.id = unit.id
        backend.ou.append(made)
        for policy in policies:
            backend.attach_policy(PolicyId=policy, TargetId=unit.id)
    for account in fleet.accounts:
        if account.id != fleet.management_id:
            _add(backend, account, policies)
    _administrator(fleet.management_id, key)


def new_key(account_id: str) -> Key:
    """An access key of `account_id`, as IAM would draw it."""
    drawn = AccessKey(None, "AKIA", account_id)
    return Key(drawn.access_key_id, drawn.secret_access_key)


def _name(backend: object, fleet: Fleet) -> None:
    """moto draws ids by lot, and writes them down in root, policies and account."""
    org = backend.org  # type: ignore[attr-defined]
    org.id, org.root_id = fleet.organization_id, fleet.root_id
    root, (master,) = backend.ou[0], backend.accounts  # type: ignore[attr-defined]
    root.id = master.parent_id = fleet.root_id
    for thing in (root, master, *backend.policies):  # type: ignore[attr-defined]
        thing.organization_id = fleet.organization_id
    for account in fleet.accounts:
        if account.id == fleet.management_id:
            org.master_account_email = master.email = account.email
            master.name, master.tags, master.parent_id = (
                account.name,
                dict(account.tags),
                (account.parent),
            )


def _add(backend: object, account: FleetAccount, policies: list[str]) -> None:
    made = Account(
        backend.org,  # type: ignore[attr-defined]
        AccountId=account.id,
        AccountName=account.name,
        Email=account.email,
        Tags=[{"Key": key, "Value": value} for key, value in account.tags.items()],
    )
    made.parent_id = account.parent
    backend.accounts.append(made)  # type: ignore[attr-defined]
    for policy in policies:
        backend.attach_policy(PolicyId=policy, TargetId=account.id)  # type: ignore[attr-defined]
    organizations_backends.master_accounts[account.id] = (made.master_account_id, "aws")


def _administrator(account_id: str, key: Key) -> None:
    iam = iam_backends[account_id]["aws"]
    user = iam.create_user("us-east-1", ADMINISTRATOR_NAME)
    iam.put_user_policy(ADMINISTRATOR_NAME, "AdministratorAccess", ADMINISTRATOR)
    made = user.create_access_key(prefix="AKIA", status="Active")
    made.access_key_id, made.secret_access_key = key.id, key.secret
    iam.access_keys[key.id] = made
