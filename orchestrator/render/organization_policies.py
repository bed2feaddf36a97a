"""Organization policies for Security Hub, made from the same decisions as everything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.errors import OrchestratorError
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.facts import Mode
from orchestrator.model.names import OuPath
from orchestrator.model.organization import Account, Organization, Unit
from orchestrator.model.organization_policies import (
    DOCUMENTS,
    MOST_CHARACTERS,
    MOST_POLICIES,
    Attachment,
    HubSettings,
    Policy,
    PolicySet,
    PolicyType,
    Unified,
    settings_of,
)
from orchestrator.model.policy_inheritance import effective
from orchestrator.model.standards import arn
from orchestrator.render.security_hub import ROOT, disabled, parameters, slug


class PolicyRefused(OrchestratorError):
    """Decisions that Organizations could not hold, or that inheritance would change."""

    exit_code = ExitCode.CONFIGURATION


@dataclass(frozen=True, slots=True)
class Target:
    """What a policy can be attached to. `path` are the ids from the root down to it."""

    label: str
    name: str
    path: tuple[str, ...]
    wanted: HubSettings
    inherited: HubSettings

    @property
    def id(self) -> str:
        return self.path[-1]


def types_of(organization: Organization) -> tuple[PolicyType, ...]:
    """Which of them the configuration asks for."""
    facts = organization.facts.security_hub
    chosen = {PolicyType.CSPM: facts.mode is Mode.POLICY, PolicyType.HUB: facts.unified}
    return tuple(kind for kind, wanted in chosen.items() if wanted)


def policies_of(organization: Organization) -> PolicySet:
    """As few documents and attachments as say the same: where a target inherits what it needs,
    nothing is attached, and who needs the same shares a document.

    Raises PolicyRefused.
    """
    made = [_of_type(organization, kind) for kind in types_of(organization)]
    return PolicySet(
        tuple(policy for each in made for policy in each.policies),
        tuple(attached for each in made for attached in each.attachments),
        _unified(organization) if organization.facts.security_hub.unified else None,
    )


def _unified(organization: Organization) -> Unified:
    home = organization.facts.home_region
    regions = {region for account in organization.accounts for region in account.regions}
    return Unified(organization.security.id, home, tuple(sorted(regions - {home})))


def _of_type(organization: Organization, kind: PolicyType) -> PolicySet:
    made: dict[str, Policy] = {}
    attachments: list[Attachment] = []
    found = tuple(targets(organization, kind))
    for target in found:
        if _meaning(target.wanted) == _meaning(target.inherited):
            continue
        name = _free(target, {p.label for p in made.values()}, kind)
        policy = Policy.of(name, kind, DOCUMENTS[kind](target.wanted))
        policy = made.setdefault(policy.content, policy)
        _check_size(policy, target)
        attachments.append(Attachment(target.id, policy.name))
    policies = PolicySet(tuple(made.values()), tuple(attachments))
    if len(made) > MOST_POLICIES:
        raise PolicyRefused(
            f"security_hub: {len(made)} different policies are needed, Organizations holds "
            f"{MOST_POLICIES} of {kind}",
            "give OUs and accounts the same standards and decisions, best in the _ou.yaml above",
        )
    _check_inheritance(policies, found, kind)
    return policies


def targets(organization: Organization, kind: PolicyType) -> Iterator[Target]:
    """Root, OUs and accounts, each with what it would get if nothing were attached to it."""
    known: dict[OuPath, Target] = {}
    for unit in organization.units:
        above = None if unit.parent is None else known[unit.parent]
        label, name = unit.path or "the root", slug(unit.path) or ROOT
        known[unit.path] = made = _target(organization, kind, unit, label, name, above)
        yield made
    for account in organization.accounts:
        name = slug(account.name)
        yield _target(organization, kind, account, account.name, name, known[account.ou])


def _target(
    organization: Organization,
    kind: PolicyType,
    holder: Unit | Account,
    label: str,
    name: str,
    above: Target | None,
) -> Target:
    path = (*above.path, holder.id) if above else (holder.id,)
    wanted = WANTED[kind](organization, holder)
    return Target(label, name, path, wanted, above.wanted if above else HubSettings())


def _cspm(organization: Organization, holder: Unit | Account) -> HubSettings:
    governed = _governed(holder)
    if not holder.settings.security_hub.enabled:
        return HubSettings(off=governed)
    home = organization.facts.home_region
    chosen = holder.settings.security_hub.standards.items()
    return HubSettings(
        on=governed,
        standards=frozenset(arn(standard, home) for standard, on in chosen if on),
        disabled=frozenset(disabled(holder.decisions)),
        parameters=_parameters(holder),
    )


def _parameters(holder: Unit | Account) -> Mapping[str, Mapping[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for each in parameters(holder.decisions):
        found.setdefault(each.control, {})[each.name] = json.loads(each.value)
    return found


def _hub(_: Organization, holder: Unit | Account) -> HubSettings:
    governed = _governed(holder)
    on = holder.settings.security_hub.enabled
    return HubSettings(on=governed) if on else HubSettings(off=governed)


WANTED: dict[PolicyType, Callable[[Organization, Unit | Account], HubSettings]] = {
    PolicyType.CSPM: _cspm,
    PolicyType.HUB: _hub,
}


def _governed(holder: Unit | Account) -> frozenset[str]:
    """A region that is not governed here is in neither list: what it has is left as it is."""
    return frozenset(region for region, governed in holder.settings.regions.items() if governed)


def _free(target: Target, taken: set[str], kind: PolicyType) -> str:
    """An account and an OU may be called the same; then the later one carries its id."""
    label = Policy.of(target.name, kind, {}).label
    return f"{target.name}-{target.id}" if label in taken or not target.name else target.name


def _check_size(policy: Policy, target: Target) -> None:
    if len(policy.content) <= MOST_CHARACTERS:
        return
    raise PolicyRefused(
        f"{target.label}: its {policy.type} has {len(policy.content)} characters, Organizations "
        f"takes {MOST_CHARACTERS}",
        "turn standards off instead of many of their controls one by one, or leave parameters at "
        "their defaults",
    )


def _check_inheritance(policies: PolicySet, found: tuple[Target, ...], kind: PolicyType) -> None:
    """A parameter that a parent sets cannot be unset further down, and the like."""
    for target in found:
        comes_to = settings_of(effective(policies.levels(target.path, kind)))
        if _meaning(comes_to) != _meaning(target.wanted):
            differs = ", ".join(_differing(comes_to, target.wanted))
            raise PolicyRefused(
                f"{target.label}: would inherit {differs} from the policies above it, and no "
                "policy can take that back",
                "decide the parameter here as well, or decide it only in the OUs that need it",
            )


def _meaning(settings: HubSettings) -> object:
    if not settings.on:
        return settings.off
    parameters = {control: dict(given) for control, given in settings.parameters.items()}
    return settings.on, settings.off, settings.standards, settings.disabled, parameters


def _differing(one: HubSettings, other: HubSettings) -> Iterator[str]:
    for control, given in sorted(one.parameters.items()):
        for name in sorted(given):
            if other.parameters.get(control, {}).get(name) != given[name]:
                yield f"parameter {name} of {control}"
    if not one.parameters:
        yield "other settings"
