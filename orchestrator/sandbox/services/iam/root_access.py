"""Centralized root access of members: nothing here can turn it on.

Source: IAM API Reference, ListOrganizationsFeatures and its errors.
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.extend import result
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.services.iam.exceptions import (
    AccountNotManagementOrDelegatedAdministrator,
    OrganizationNotFound,
    ServiceAccessNotEnabled,
)

PRINCIPAL = "iam.amazonaws.com"


def list_organizations_features(self: Any) -> Any:
    organization = organization_of(self.current_account)
    if organization is None:
        raise OrganizationNotFound("The account is not part of an organization.")
    if not organization.is_administrator(self.current_account, PRINCIPAL):
        raise AccountNotManagementOrDelegatedAdministrator(
            "The account is neither the management account nor a delegated administrator for IAM."
        )
    if PRINCIPAL not in organization.trusted:
        raise ServiceAccessNotEnabled("Trusted access for IAM is not enabled in Organizations.")
    return result({"OrganizationId": organization.id, "EnabledFeatures": []})
