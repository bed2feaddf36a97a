from __future__ import annotations

import pytest

from orchestrator.sandbox.fleet import from_json, grow
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
