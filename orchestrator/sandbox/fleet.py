"""A large account_configs/ made from a small one, so that the whole program can be tried on it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

import yaml

from orchestrator.errors import UsageError
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


OU_FILE = "_ou.yaml"


def grow_configs(source: Path, target: Path, accounts: int, today: date) -> Fleet:
    """Copy `source` to `target`, add account files until there are `accounts`; the whole fleet.

    Accounts are added below OUs that a wave names, so that each is in exactly one wave.
    """
    # The sandbox's process, which starts with a fleet that is there, needs none of it.
    from orchestrator import config  # noqa: PLC0415

    if target.exists() and any(target.iterdir()):
        raise UsageError(f"folder '{target}' is not empty", "name a folder that does not exist")
    organization = config.load(source, today)
    covered = [ou for wave in organization.waves.values() for ou in wave.ous]
    fleet = describe(organization)
    units = tuple(unit.id for unit in fleet.units if _below(unit.path, covered))
    parents = {unit.parent for unit in fleet.units}
    leaves = tuple(unit for unit in units if unit not in parents)
    if not leaves:
        raise UsageError("no wave names an OU", "add `ous:` to a wave in waves.yaml")
    grown = grow(fleet, accounts, leaves)
    shutil.copytree(source, target, dirs_exist_ok=True)
    folders = dict(_folders(target))
    for account in grown.accounts[len(fleet.accounts) :]:
        _write(account, folders[account.parent], target)
    return grown


def _below(path: str, covered: list[str]) -> bool:
    return any(path == ou or path.startswith(f"{ou}/") or ou == "" for ou in covered)


def _folders(target: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(target.rglob(OU_FILE)):
        yield yaml.safe_load(file.read_text(encoding="utf-8"))["ou"]["id"], file.parent


def _write(account: FleetAccount, folder: Path, target: Path) -> None:
    up = "../" * (len(folder.relative_to(target).parts) + 1)
    modeline = f"# yaml-language-server: $schema={up}schemas/account.schema.json"
    text = f'{modeline}\naccount:\n  id: "{account.id}"\n  email: {account.email}\n'
    (folder / f"{account.name}.yaml").write_text(text, encoding="utf-8")
