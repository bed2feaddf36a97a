"""What the templates see of Security Hub, in each of its two modes."""

from __future__ import annotations

from orchestrator.model.facts import Mode
from orchestrator.model.organization import Account, Organization
from orchestrator.render import policies, standards


def of_organization(organization: Organization) -> dict[str, object]:
    """For the security stack: policies and associations, or members."""
    if organization.facts.security_hub.mode is Mode.LOCAL:
        on = (each for each in organization.accounts if each.settings.security_hub.enabled)
        security = organization.security.id
        return {"central": False, "members": {a.id: a.email for a in on if a.id != security}}
    central = policies.central(organization)
    home = organization.facts.home_region
    return {
        "central": True,
        "policies": {name: _policy(name, p, home) for name, p in central.policies.items()},
        "associations": central.associations,
    }


def of_management(
    organization: Organization, management: Account, governed: tuple[str, ...]
) -> dict[str, object]:
    """For the organization stack: the management account's own hubs, in every governed region.

    The security stack makes the accounts members, or configures them centrally, which enables the
    hubs of all others; these must be there before. `plain_hubs` are the regions of hubs whose
    standards are chosen elsewhere, or not at all.
    Source: Security Hub API Reference, CreateMembers.
    """
    mode = organization.facts.security_hub.mode
    own = _local(mode, management)
    chosen = management.regions if own["local_hub"] else ()
    wanted = governed if management.settings.security_hub.enabled else ()
    return {
        "local": mode is Mode.LOCAL,
        "makes_hub": True,
        "plain_hubs": tuple(region for region in wanted if region not in chosen),
        **own,
    }


def of_account(organization: Organization, account: Account) -> dict[str, object]:
    """For an account's stack: standards and controls in its hub."""
    if account.name == organization.facts.accounts.management:
        return {"local_hub": False}
    return {"makes_hub": False, **_local(organization.facts.security_hub.mode, account)}


def _local(mode: Mode, account: Account) -> dict[str, object]:
    """Standards by region, and the controls that are off with their reasons."""
    if mode is Mode.CENTRAL or not account.settings.security_hub.enabled:
        return {"local_hub": False}
    enabled = sorted(account.standards)
    off = policies.disabled(account.decisions)
    return {
        "local_hub": True,
        "standards": {
            region: {standard: standards.arn(standard, region) for standard in enabled}
            for region in account.regions
        },
        "disabled_controls": {control: account.decisions[control].reason for control in off},
    }


def _policy(name: str, policy: policies.Policy, home: str) -> dict[str, object]:
    return {
        "name": name,
        "description": f"As decided in account_configs/, first for {name}.",
        "service_enabled": policy.enabled,
        "standard_arns": tuple(standards.arn(standard, home) for standard in policy.standards),
        "disabled_controls": policy.disabled_controls,
    }
