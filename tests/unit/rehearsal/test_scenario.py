from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from orchestrator import config
from orchestrator.model.names import StackKey, StackName
from orchestrator.rehearsal.conduct import copied
from orchestrator.rehearsal.scenario import Scenario, Weight, broken_accounts
from orchestrator.render import Renderer
from orchestrator.sandbox.faults import parse
from orchestrator.sandbox.fleet import grow
from tests.sandbox.fleets import a_fleet
from tests.unit.config.trees import ROOT

TODAY = date(2026, 11, 23)


def test_shares_become_faults_that_the_sandbox_can_read() -> None:
    scenario = Scenario(12, throttle=0.1, errors=0.02)

    assert [str(parse(fault)) for fault in scenario.faults()] == [
        "*:*:throttle:0.1",
        "*:*:error:0.02",
    ]
    assert Scenario(12).faults() == ()


def test_broken_accounts_are_spread_over_those_that_were_added() -> None:
    fleet = grow(a_fleet(), 112)

    broken = broken_accounts(fleet, 4)

    assert [int(account.id) - 300000000000 for account in broken] == [13, 38, 63, 88]
    (fault, *_) = Scenario(112, broken=4).breaking(broken)
    assert parse(fault).account == broken[0].id


@pytest.mark.parametrize("count", [0, 1, 3, 11])
def test_a_small_fleet_breaks_as_many_as_asked_but_never_the_management_account(
    count: int,
) -> None:
    broken = broken_accounts(a_fleet(), count)

    assert len({account.id for account in broken}) == count
    assert a_fleet().management_id not in {account.id for account in broken}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copied(ROOT, tmp_path / "light", 30, Weight.LIGHT, TODAY)
    return tmp_path / "light"


def test_a_light_project_is_whole_and_declares_nothing_it_does_not_make(project: Path) -> None:
    organization = config.load(project / "account_configs", TODAY)

    assert len(organization.accounts) == 30
    for account in organization.accounts:
        assert account.regions == (organization.facts.home_region,)
        assert not account.settings.config_recorder.enabled
        assert not account.settings.baseline.imdsv2


def test_a_light_stack_renders_roles_and_the_account_s_baseline_alone(project: Path) -> None:
    organization = config.load(project / "account_configs", TODAY)
    account = organization.accounts[-1]
    key = StackKey(account.id, account.name, StackName.ACCOUNT)

    files = dict(Renderer(project).render(organization, key).files)

    assert files["main.tf"].count("\nmodule ") == 2
    assert files["providers.tf"].count('provider "aws"') == 1


def test_the_user_s_own_files_stay_as_they_are(project: Path) -> None:
    assert not (project / "account_configs").is_symlink()
    for name in ("terraform", "modules"):
        assert (project / name).resolve() == (ROOT / name).resolve()
    assert not (ROOT / "overrides").exists()


def test_a_full_project_is_the_user_s_own(tmp_path: Path) -> None:
    copied(ROOT, tmp_path / "full", 12, Weight.FULL, TODAY)

    for file in sorted((ROOT / "terraform").rglob("*.j2")):
        copy = tmp_path / "full" / file.relative_to(ROOT)
        assert copy.read_text("utf-8") == file.read_text("utf-8")
    shutil.rmtree(tmp_path / "full")
