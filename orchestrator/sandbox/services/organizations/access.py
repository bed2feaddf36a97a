"""Who may ask Organizations what: management account, delegated administrators, members.

Source: AWS Organizations User Guide, "Delegated administrator for AWS services that work with
Organizations"; API Reference: "can be called only from the organization's management account or
by a member account that is a delegated administrator".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.organizations.exceptions import AWSOrganizationsNotInUseException
from moto.organizations.models import organizations_backends

from orchestrator.sandbox.services.organizations.exceptions import AccessDenied

FOR_OUTSIDERS = frozenset({"CreateOrganization", "DescribeOrganization"})
FOR_MEMBERS = frozenset({"DescribeOrganization", "LeaveOrganization"})
FOR_ADMINISTRATORS = frozenset(
    {
        "DescribeAccount",
        "DescribeCreateAccountStatus",
        "DescribeEffectivePolicy",
        "DescribeOrganizationalUnit",
        "DescribePolicy",
        "DescribeResourcePolicy",
        "ListAWSServiceAccessForOrganization",
        "ListAccounts",
        "ListAccountsForParent",
        "ListChildren",
        "ListCreateAccountStatus",
        "ListDelegatedAdministrators",
        "ListDelegatedServicesForAccount",
        "ListOrganizationalUnitsForParent",
        "ListParents",
        "ListPolicies",
        "ListPoliciesForTarget",
        "ListRoots",
        "ListTagsForResource",
        "ListTargetsForPolicy",
    }
)


def organizations_backend(original: Callable[..., Any], self: Any) -> Any:
    """The management account's backend, for whoever may see it."""
    action, account_id = self._get_action(), self.current_account
    member = organizations_backends.master_accounts.get(account_id)
    if member is None:
        own = original(self)
        if own.org is None and action not in FOR_OUTSIDERS:
            raise AWSOrganizationsNotInUseException
        return own
    if action in FOR_MEMBERS:
        return original(self)
    management = organizations_backends[member[0]][member[1]]
    delegated = any(admin.account.id == account_id for admin in management.admins)
    if action not in FOR_ADMINISTRATORS or not delegated:
        raise AccessDenied
    return management
