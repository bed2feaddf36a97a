"""The organization that a sandbox is started with: a description as data, kept as fleet.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from orchestrator.model.organization import Organization

VERSION = 1


@dataclass(frozen=True, slots=True)
class FleetUnit:
    """An OU. `parent` is the id of the OU or root above it."""

    id: str
    name: str
    parent: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class FleetAccount:
    """An account. `parent` is the id of the OU or root it is in."""

    id: str
    name: str
    email: str
    parent: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fleet:
    """An organization with its OUs, every one after its parent, and its accounts."""

    organization_id: str
    root_id: str
    management_id: str
    region: str
    units: tuple[FleetUnit, ...]
    accounts: tuple[FleetAccount, ...]

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, **asdict(self)}, indent=1)


def from_json(text: str) -> Fleet:
    """Read what `to_json` wrote. Raises ValueError or KeyError for anything else."""
    raw = json.loads(text)
    if raw.pop("version") != VERSION:
        raise ValueError(f"not a fleet of version {VERSION}")
    units = tuple(FleetUnit(**unit) for unit in raw.pop("units"))
    accounts = tuple(FleetAccount(**account) for account in raw.pop("accounts"))
    return Fleet(**raw, units=units, accounts=accounts)


def describe(organization: Organization) -> Fleet:
    """The part of an organization that AWS Organizations knows."""
    facts = organization.facts
    ids = {unit.path: unit.id for unit in organization.units} | {"": facts.root_id}
    units = tuple(
        FleetUnit(unit.id, unit.path.rpartition("/")[2], ids[unit.parent or ""], unit.path)
        for unit in organization.units
        if unit.path
    )
    accounts = tuple(
        FleetAccount(
            account.id, account.name, account.email, ids[account.ou], dict(account.settings.tags)
        )
        for account in organization.accounts
    )
    return Fleet(
        facts.id, facts.root_id, organization.management.id, facts.home_region, units, accounts
    )


FIRST_GENERATED = 300000000000
"""Generated accounts are numbered from here."""


def grow(fleet: Fleet, accounts: int = 500, units: tuple[str, ...] = ()) -> Fleet:
    """Add accounts until there are `accounts`, spread over the OUs with ids `units`.

    The same fleet always grows the same accounts: 'prod-001', 'dev-001', 'prod-002', … Without
    `units` they go to every OU that has no OU below it.
    """
    targets = [unit for unit in fleet.units if unit.id in units] or _leaves(fleet)
    missing = max(0, accounts - len(fleet.accounts))
    if not targets:
        return fleet
    added = tuple(_account(targets, index) for index in range(missing))
    return replace(fleet, accounts=fleet.accounts + added)


def _leaves(fleet: Fleet) -> list[FleetUnit]:
    parents = {unit.parent for unit in fleet.units}
    return [unit for unit in fleet.units if unit.id not in parents]


def _account(targets: list[FleetUnit], index: int) -> FleetAccount:
    unit = targets[index % len(targets)]
    name = f"{unit.name.lower().replace(' ', '-')}-{index // len(targets) + 1:03d}"
    email = f"aws+{name}@example.com"
    return FleetAccount(f"{FIRST_GENERATED + index + 1:012d}", name, email, unit.id)
