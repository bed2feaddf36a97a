from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestrator import config
from orchestrator.errors import UsageError
from orchestrator.sandbox.fleet import describe, grow_configs

SAMPLE = Path(__file__).parents[3] / "account_configs"
TODAY = date(2026, 11, 1)


def test_grown_configuration_describes_exactly_the_grown_fleet(tmp_path: Path) -> None:
    fleet = grow_configs(SAMPLE, tmp_path / "grown", 60, TODAY)

    organization = config.load(tmp_path / "grown", TODAY)

    assert len(organization.accounts) == 60
    assert set(describe(organization).units) == set(fleet.units)
    known = {(a.id, a.name, a.email, a.parent) for a in describe(organization).accounts}
    assert known == {(a.id, a.name, a.email, a.parent) for a in fleet.accounts}


def test_every_generated_account_is_in_a_wave(tmp_path: Path) -> None:
    grow_configs(SAMPLE, tmp_path / "grown", 40, TODAY)

    organization = config.load(tmp_path / "grown", TODAY)

    assert {account.id for account in organization.accounts} == set(organization.wave_of)


def test_a_folder_with_something_in_it_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("x: 1\n")

    with pytest.raises(UsageError, match="not empty"):
        grow_configs(SAMPLE, tmp_path, 20, TODAY)


def test_the_sample_becomes_a_fleet_with_its_own_ids() -> None:
    fleet = describe(config.load(SAMPLE, TODAY))

    assert (fleet.organization_id, fleet.root_id) == ("o-exampleorg1", "r-ex01")
    assert fleet.management_id == "200000000001"
    parents = {unit.path: unit.parent for unit in fleet.units}
    assert parents["Workloads"] == "r-ex01"
    assert parents["Workloads/Prod"] == "ou-ex01-workload"
