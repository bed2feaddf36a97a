"""AWS Organizations: chosen ids, access as AWS grants it, pages of 20, trusted services."""

from __future__ import annotations

from moto.organizations import models as moto_models
from moto.organizations.models import (
    FakeDelegatedAdministrator,
    FakeRoot,
    FakeServiceAccess,
    OrganizationsBackend,
)
from moto.organizations.responses import OrganizationsResponse

from orchestrator.sandbox.extend import amend
from orchestrator.sandbox.services.organizations import declarative, models, responses

DESCRIBING = (
    "describe_effective_policy",
    "list_accounts_with_invalid_effective_policy",
    "list_effective_policy_validation_errors",
)


def install() -> None:
    """Amend moto's Organizations; may be called again."""
    moto_models.FakeAccount = models.Account
    models.SoundPatterns.install()
    moto_models.FakePolicy = models.Policy
    FakeRoot.SUPPORTED_POLICY_TYPES = list(models.Policy.SUPPORTED_POLICY_TYPES)
    for name in DESCRIBING:
        setattr(OrganizationsResponse, name, getattr(declarative, name))
    for name in declarative.CHANGING:
        amend(OrganizationsResponse, name, declarative.changed)
    FakeServiceAccess.TRUSTED_SERVICES = models.AnyService()
    FakeDelegatedAdministrator.SUPPORTED_SERVICES = models.AnyService()
    amend(OrganizationsBackend, "delete_organization", models.delete_organization)
    amend(OrganizationsResponse, "organizations_backend", models.organizations_backend)
    for name in ("create_account", "move_account", "register_delegated_administrator"):
        amend(OrganizationsResponse, name, getattr(responses, name))
    for name in ("describe_create_account_status", "list_create_account_status"):
        amend(OrganizationsResponse, name, getattr(responses, name))
    for name, (key, rows) in responses.LISTS.items():
        setattr(OrganizationsResponse, name, responses.listing(key, rows))
