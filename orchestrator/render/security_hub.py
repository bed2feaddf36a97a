"""What the templates see of Security Hub, in each of its modes, and its standards' ARNs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.errors import OrchestratorError
from orchestrator.model.control_parameters import Type, for_security_hub
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.facts import Mode
from orchestrator.model.names import ControlId
from orchestrator.model.organization import Account, Organization, Unit
from orchestrator.model.settings import ControlDecision, DecisionKind, Standard
from orchestrator.model.standards import arn

MOST = 20
"""Configuration policies an administrator may have. Source: Security Hub quotas."""

ROOT = "organization"
"""What the policy of the root is called."""


class TooManyPolicies(OrchestratorError):
    """More ways of running Security Hub than its central configuration can hold."""

    exit_code = ExitCode.CONFIGURATION


@dataclass(frozen=True, slots=True)
class Parameter:
    """One that Security Hub takes; `value` is JSON, which makes policies comparable."""

    control: ControlId
    name: str
    type: Type
    value: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One way of running Security Hub. All is empty where it is off."""

    enabled: bool
    standards: tuple[Standard, ...] = ()
    disabled_controls: tuple[ControlId, ...] = ()
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Central:
    """Policies by name, and the name for every target that does not inherit what it needs."""

    policies: Mapping[str, Policy]
    associations: Mapping[str, str]
    """By id of root, OU or account, outer ones first."""


@dataclass(frozen=True, slots=True)
class _Target:
    id: str
    label: str
    name: str
    policy: Policy
    inherited: Policy | None


def central_configuration(organization: Organization) -> Central:
    """As few policies and associations as say the same.

    A policy is called after the first that needs it: 'workloads-prod' for an OU, an account's
    own name for an account.

    Raises TooManyPolicies.
    """
    names: dict[Policy, str] = {}
    associations: dict[str, str] = {}
    for target in _targets(organization):
        if target.policy == target.inherited:
            continue
        if target.policy not in names:
            names[target.policy] = _free_name(target, set(names.values()))
        associations[target.id] = names[target.policy]
    if len(names) > MOST:
        raise _too_many(organization, len(names))
    return Central({name: policy for policy, name in names.items()}, associations)


def disabled(decisions: Mapping[ControlId, ControlDecision]) -> tuple[ControlId, ...]:
    """The controls decided to be off, S3.2 before S3.10."""
    off = (
        control
        for control, decision in decisions.items()
        if decision.decision is DecisionKind.DISABLE
    )
    return tuple(sorted(off, key=_by_service_and_number))


def _targets(organization: Organization) -> Iterator[_Target]:
    """Root, OUs and accounts, each with what it would get if nothing were said of it."""
    known: dict[str, Policy] = {}
    for unit in organization.units:
        policy = known[unit.path] = _policy_of(unit)
        inherited = None if unit.parent is None else known[unit.parent]
        yield _Target(unit.id, unit.path or "the root", slug(unit.path) or ROOT, policy, inherited)
    for account in organization.accounts:
        policy = _policy_of(account)
        yield _Target(account.id, account.name, slug(account.name), policy, known[account.ou])


def _policy_of(holder: Unit | Account) -> Policy:
    hub = holder.settings.security_hub
    if not hub.enabled:
        return Policy(enabled=False)
    standards = tuple(sorted(s for s, enabled in hub.standards.items() if enabled))
    return Policy(True, standards, disabled(holder.decisions), parameters(holder.decisions))


def parameters(decisions: Mapping[ControlId, ControlDecision]) -> tuple[Parameter, ...]:
    """What Security Hub is told of controls that are on."""
    return tuple(
        Parameter(control, name, kind, json.dumps(value))
        for control, decision in sorted(decisions.items())
        if decision.decision is not DecisionKind.DISABLE
        for name, kind, value in for_security_hub(control, decision.parameters)
    )


def slug(name: str) -> str:
    """`name` in the characters Security Hub allows in a policy's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64]


def _free_name(target: _Target, taken: set[str]) -> str:
    """An account and an OU may be called the same; then the later one carries its id."""
    return target.name if target.name not in taken | {""} else f"{target.name}-{target.id}"


def _by_service_and_number(control: ControlId) -> tuple[str, int]:
    service, _, number = control.partition(".")
    return service, int(number)


def _too_many(organization: Organization, count: int) -> TooManyPolicies:
    targets = _targets(organization)
    own = [target.label for target in targets if target.policy != target.inherited]
    return TooManyPolicies(
        f"security_hub: {count} different policies are needed, Security Hub holds {MOST}; "
        f"these differ from what they inherit: {', '.join(own)}",
        "give some of them the same standards and decisions, best in the _ou.yaml above them, "
        "or set 'security_hub.mode: policy' in account_configs/organization.yaml",
    )


def of_organization(organization: Organization) -> dict[str, object]:
    """For the security stack: policies and associations, or members.

    With policies of the organization it is neither: they make accounts members.
    """
    mode = organization.facts.security_hub.mode
    if mode is Mode.POLICY:
        return {"central": False, "local": False}
    if mode is Mode.LOCAL:
        on = (each for each in organization.accounts if each.settings.security_hub.enabled)
        security = organization.security.id
        members = {a.id: a.email for a in on if a.id != security}
        return {"central": False, "local": True, "members": members}
    central = central_configuration(organization)
    home = organization.facts.home_region
    return {
        "central": True,
        "local": False,
        "policies": {name: _policy(name, p, home) for name, p in central.policies.items()},
        "associations": central.associations,
    }


def of_management(
    organization: Organization, management: Account, governed: tuple[str, ...]
) -> dict[str, object]:
    """For the organization stack: the management account's own hubs, in every governed region.

    The security stack makes the accounts members, or configures them centrally, which enables the
    hubs of all others; these must be there before. `plain_hubs` are the regions of hubs whose
    standards are chosen elsewhere, or not at all. Only central configuration takes its
    administrator along to other regions.
    Source: Security Hub API Reference, CreateMembers.
    """
    mode = organization.facts.security_hub.mode
    own = _local(organization, management)
    chosen = management.regions if own["local_hub"] else ()
    wanted = governed if management.settings.security_hub.enabled else ()
    return {
        "everywhere": mode is not Mode.CENTRAL,
        "makes_hub": True,
        "plain_hubs": tuple(region for region in wanted if region not in chosen),
        **own,
    }


def of_account(organization: Organization, account: Account) -> dict[str, object]:
    """For an account's stack: standards and controls in its hub."""
    if account.name == organization.facts.accounts.management:
        return {"local_hub": False}
    return {"makes_hub": False, **_local(organization, account)}


def _local(organization: Organization, account: Account) -> dict[str, object]:
    """Standards by region, and the controls that are off: why, and in which of the standards."""
    mode, known = organization.facts.security_hub.mode, organization.hub_controls
    if mode is not Mode.LOCAL or not account.settings.security_hub.enabled:
        return {"local_hub": False}
    enabled = sorted(account.standards)
    off = disabled(account.decisions)
    return {
        "local_hub": True,
        "standards": {
            region: {standard: arn(standard, region) for standard in enabled}
            for region in account.regions
        },
        "disabled_controls": {control: account.decisions[control].reason for control in off},
        "control_standards": {
            control: [each for each in enabled if each in known[control].standards]
            for control in off
        },
    }


def _policy(name: str, policy: Policy, home: str) -> dict[str, object]:
    return {
        "name": name,
        "description": f"As decided in account_configs/, first for {name}.",
        "service_enabled": policy.enabled,
        "standard_arns": tuple(arn(standard, home) for standard in policy.standards),
        "disabled_controls": policy.disabled_controls,
        **({"parameters": _typed(policy.parameters)} if policy.parameters else {}),
    }


def _typed(given: Iterable[Parameter]) -> dict[str, dict[str, dict[str, object]]]:
    """By control and name, under the one key that is the type."""
    found: dict[str, dict[str, dict[str, object]]] = {}
    for each in given:
        value = json.loads(each.value)
        found.setdefault(each.control, {})[each.name] = {each.type.value: value}
    return found
