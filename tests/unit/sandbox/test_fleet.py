from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestrator import config
from orchestrator.errors import UsageError
from orchestrator.sandbox.fleet import describe, from_json, grow, grow_configs
from tests.sandbox.fleets import a_fleet


def test_a_fleet_survives_its_file() -> None:
    assert from_json(a_fleet().to_json()) == a_fleet()


def test_a_file_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version"):
        from_json(a_fleet().to_json().replace('"version": 1', '"version": 2'))


def test_a_fleet_grows_to_the_number_asked_for_and_always_alike() -> None:
    grown = grow(a_fleet(), 500)

    assert len(grown.accounts) == 500
    assert grown == grow(a_fleet(), 500)
    assert grown.accounts[:12] == a_fleet().accounts
    for attribute in ("id", "name", "email"):
        assert len({getattr(account, attribute) for account in grown.accounts}) == 500


def test_a_larger_fleet_holds_the_smaller_one() -> None:
    assert grow(a_fleet(), 500).accounts[:100] == grow(a_fleet(), 100).accounts


def test_new_accounts_are_spread_over_the_units_asked_for() -> None:
    added = grow(a_fleet(), 32, ("ou-ex01-prod0000", "ou-ex01-dev00000")).accounts[12:]

    assert [account.parent for account in added].count("ou-ex01-prod0000") == 10
    assert {account.name for account in added[:2]} == {"prod-001", "dev-001"}


def test_without_units_asked_for_they_go_to_those_with_no_unit_below() -> None:
    parents = {account.parent for account in grow(a_fleet(), 60).accounts[12:]}

    assert "ou-ex01-workload" not in parents
    assert len(parents) == 5


def test_a_fleet_that_is_large_enough_stays_as_it_is() -> None:
    assert grow(a_fleet(), 3) == a_fleet()


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
