"""What the organization has configured for an account comes to it when it joins or moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from moto.securityhub.models import securityhub_backends

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.organization import Organization, organization_of
from orchestrator.sandbox.services.organizations import declarative
from orchestrator.sandbox.services.securityhub.central import is_central_home
from orchestrator.sandbox.services.securityhub.governed import govern

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend


def on_account_moved(account_id: str) -> None:
    """Give an account that has joined its organization, or changed its OU, what it has there."""
    organization = organization_of(account_id)
    if organization is None:
        return
    if declarative.any_of_security_hub(organization.management):
        _govern([account_id], organization)
    for administrator in _administrators(organization):
        if is_central_home(administrator):
            administrator.central.roll_out(account_id)
        else:
            _auto_enable(administrator, account_id)


def on_policies_changed(management: str) -> None:
    """Policies of the organization come to every account, and central configuration stands back.

    What no policy governs any more is as it was left, and central configuration has its say again.
    """
    organization = organization_of(management)
    if organization is None or not declarative.any_of_security_hub(management):
        return

    def arrive() -> None:
        _govern(organization.emails, organization)
        for administrator in _administrators(organization):
            if is_central_home(administrator):
                administrator.central.roll_out()

    DELAYS.later("association", arrive)


def _govern(accounts: Iterable[str], organization: Organization) -> None:
    backends = securityhub_backends[organization.management]
    anywhere = next(iter(dict.values(backends)), None) or backends["us-east-1"]
    for account in accounts:
        govern(anywhere.peer(account), organization)


def _administrators(organization: Organization) -> Iterator[SecurityHubBackend]:
    for management in tuple(dict.values(securityhub_backends[organization.management])):
        if management.administration.designated:
            yield management.peer(management.administration.designated)


def _auto_enable(administrator: SecurityHubBackend, account: str) -> None:
    settings = administrator.administration
    known = account in administrator.members.all or account == administrator.account_id
    if known or not settings.auto_enable:
        return
    administrator.members.join(account)
    if settings.auto_enable_standards == "DEFAULT":
        administrator.peer(account).standards.enable_defaults()
