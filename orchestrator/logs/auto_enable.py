"""Auto-enable: Security Lake collects from accounts that join later, too.

Terraform's provider has no resource for it (hashicorp/terraform-provider-aws#36689). Only what is
missing is added, and only what is too much is removed; then the settings are read back.
Source: Security Lake API Reference, CreateDataLakeOrganizationConfiguration.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from orchestrator.errors import OrchestratorError, UsageError
from orchestrator.model.organization import Organization, collected

VERSION = "2.0"
"""Of the sources, as modules/security_lake collects them: OCSF 1.1."""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """What is collected from a new account, in a region."""

    region: str
    name: str
    version: str = VERSION

    def __str__(self) -> str:
        return f"{self.name} {self.version} in {self.region}"


class AutoEnable(Protocol):
    """Security Lake's settings for new accounts. Each raises AwsDenied."""

    def account(self) -> str:
        """The account that is asked."""

    def held(self) -> frozenset[Source]: ...
    def add(self, sources: Iterable[Source]) -> None: ...
    def remove(self, sources: Iterable[Source]) -> None: ...


class NotTaken(OrchestratorError):
    """Security Lake has accepted a change and does not show it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was missing and what was too much; both empty if all was as it should be."""

    added: tuple[Source, ...]
    removed: tuple[Source, ...]


def wanted(organization: Organization) -> frozenset[Source]:
    """Every collected source in every governed region; nothing where there is no lake."""
    regions = {region for account in organization.accounts for region in account.regions}
    regions.add(organization.facts.home_region)
    names = collected(organization.facts.logs.lake)
    return frozenset(Source(region, str(name)) for region in regions for name in names)


def settle(lake: AutoEnable, organization: Organization, *, write: bool = True) -> Change:
    """Bring the settings to what is wanted; without `write` only say what differs.

    Raises UsageError outside of the security account, and NotTaken.
    """
    asked, security = lake.account(), organization.security
    if asked != security.id:
        raise UsageError(
            f"account {asked} does not administer Security Lake",
            f"use credentials of the account '{security.name}', {security.id}",
        )
    held, right = lake.held(), wanted(organization)
    change = Change(tuple(sorted(right - held)), tuple(sorted(held - right)))
    if not write or not (change.added or change.removed):
        return change
    if change.removed:
        lake.remove(change.removed)
    if change.added:
        lake.add(change.added)
    if (now := lake.held()) != right:
        differs = ", ".join(str(source) for source in sorted(now ^ right))
        raise NotTaken(f"Security Lake does not hold what it was given: {differs}", "try it again")
    return change
