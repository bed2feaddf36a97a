"""Accounts under policies of the organization: what these govern follows them, in each region.

A policy governs a region completely: standards it does not list are disabled, parameters it does
not set have their defaults again. A region that it does not list is left as it is. For as long as
an organization is governed so, central configuration is DISABLED.
Source: AWS Security Hub User Guide, "How declarative policies work in Security Hub CSPM" and
"Reviewing a declarative policy's impact before you apply it in Security Hub CSPM"; API Reference,
OrganizationConfiguration, Status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.organization_policies import (
    ALL_SUPPORTED,
    HubSettings,
    PolicyType,
    settings_of,
)
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.organization import Organization
from orchestrator.sandbox.services.account import DEFAULT_REGIONS
from orchestrator.sandbox.services.organizations import declarative
from orchestrator.sandbox.services.securityhub import catalogue, policies

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend

MANAGED = "Central configuration is disabled: Security Hub CSPM policies in Organizations manage it"


def is_governed(organization: Organization | None) -> bool:
    """Whether a policy for Security Hub CSPM is attached anywhere in the organization."""
    return organization is not None and declarative.is_attached(
        organization.management, PolicyType.CSPM
    )


def govern(account: SecurityHubBackend, organization: Organization) -> None:
    """Bring one account to what its effective policies say, in every region they name.

    Nobody but itself enables Security Hub in the management account, as with members.
    """
    said = declarative.governed(organization.management, account.account_id, PolicyType.CSPM)
    unified = declarative.governed(organization.management, account.account_id, PolicyType.HUB)
    for region in _regions(account, settings_of(said), settings_of(unified)):
        peer = account.peer(region=region)
        _govern_cspm(peer, settings_of(said, region), organization)
        peer.hub_v2.govern(settings_of(unified).governs(region))


def _regions(account: SecurityHubBackend, *said: HubSettings) -> tuple[str, ...]:
    named = {region for each in said for region in (*each.on, *each.off)}
    everywhere = DEFAULT_REGIONS if ALL_SUPPORTED in named else ()
    known = {peer.region_name for peer in account.regions_in_use()}
    return tuple(sorted({*named, *everywhere, *known} - {ALL_SUPPORTED}))


def _govern_cspm(peer: SecurityHubBackend, said: HubSettings, organization: Organization) -> None:
    on = said.governs(peer.region_name)
    waits = peer.account_id == organization.management and not peer.hub.enabled
    peer.hub.governed = None if waits else on
    if on is None or waits:
        return
    peer.hub.managed_centrally = False
    policies.apply(_as_a_policy(said) if on else {"ServiceEnabled": False}, peer)
    administrator = peer.administration.administrator()
    if administrator in ("", peer.account_id):
        return
    members = peer.peer(administrator).members
    if on and peer.peer(administrator).hub.enabled:
        members.join(peer.account_id)
    elif not on and peer.account_id in members.associated():
        members.release(peer.account_id)


def _as_a_policy(said: HubSettings) -> Json:
    """In the words of a configuration policy, which does the same to a hub."""
    known = {standard.path for standard in catalogue.STANDARDS}
    return {
        "ServiceEnabled": True,
        "EnabledStandardIdentifiers": [
            arn for arn in sorted(said.standards) if arn.split(":", 5)[-1] in known
        ],
        "SecurityControlsConfiguration": {
            policies.OFF: sorted(said.disabled),
            policies.PARAMETERS: [
                {
                    "SecurityControlId": control,
                    "Parameters": {
                        name: {"ValueType": "CUSTOM", "Value": {_kind(control, name, value): value}}
                        for name, value in given.items()
                    },
                }
                for control, given in said.parameters.items()
            ],
        },
    }


KINDS = {bool: "Boolean", int: "Integer", float: "Double", list: "StringList"}


def _kind(control: str, name: str, value: object) -> str:
    """The member of ParameterValue that the parameter has."""
    options = (policies.CONTROLS.get(control) or {}).get(name)
    return options.kind if options else KINDS.get(type(value), "String")
