"""A large account_configs/ made from a small one, so that the whole program can be tried on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import yaml

from orchestrator import config
from orchestrator.errors import UsageError
from orchestrator.sandbox.fleet import Fleet, FleetAccount, describe, grow

OU_FILE = "_ou.yaml"


def grow_configs(source: Path, target: Path, accounts: int, today: date) -> Fleet:
    """Copy `source` to `target`, add account files until there are `accounts`; the whole fleet.

    Accounts are added below OUs that a wave names, so that each is in exactly one wave.
    """
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
