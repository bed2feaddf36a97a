from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.config import load
from orchestrator.errors import ConfigurationError
from orchestrator.model.names import AccountId, ControlId
from orchestrator.model.organization import Organization
from orchestrator.model.settings import DecisionKind, RecordingFrequency, Standard
from tests.unit.config.trees import DEV, PROD, SAMPLE, TODAY, a_tree, decision

S3_8 = ControlId("S3.8")


@pytest.fixture(scope="module")
def sample() -> Organization:
    return load(SAMPLE, TODAY)


def decided(organization: Organization, account: str, control: str = "S3.8") -> str:
    return organization.named(account).decisions[ControlId(control)].decision.value


def test_accounts_come_in_the_order_of_their_ids_and_units_after_their_parents(
    sample: Organization,
) -> None:
    ids = [account.id for account in sample.accounts]
    paths = [unit.path for unit in sample.units]

    assert ids == sorted(ids)
    assert len(ids) == 12
    assert paths[0] == ""
    assert all(unit.parent in paths[: paths.index(unit.path)] for unit in sample.units[1:])


def test_the_special_accounts_are_found_by_name(sample: Organization) -> None:
    assert (sample.management.id, sample.management.ou) == ("200000000001", "")
    assert sample.security.ou == "Security"
    assert sample.log_archive.name == "log-archive"


def test_waves_keep_their_order_and_cover_every_account(sample: Organization) -> None:
    assert list(sample.waves) == ["canary", "development", "infrastructure", "production", "core"]
    assert set(sample.wave_of) == {account.id for account in sample.accounts}
    assert sample.wave_of[AccountId("200000000012")] == "canary"
    assert sample.wave_of[AccountId("200000000011")] == "development"


def test_an_account_has_what_its_layers_say_and_defaults_for_the_rest(sample: Organization) -> None:
    settings = sample.named("orders-prod").settings

    assert settings.team == "orders"
    assert settings.tags["cost-center"] == "2200"
    assert settings.tags["environment"] == "production"
    assert settings.gate.limits.changes == 100
    assert settings.baseline.password_policy.minimum_length == 16
    assert settings.config_recorder.enabled


def test_null_brings_back_what_holds_without_any_layer(sample: Organization) -> None:
    sandbox = sample.named("sandbox-platform")

    assert sandbox.standards == (Standard.AWS_FOUNDATIONAL,)
    assert sandbox.settings.config_recorder.frequency is RecordingFrequency.DAILY


def test_every_account_has_a_decision_for_every_control(sample: Organization) -> None:
    controls = set(sample.units[0].decisions)

    assert len(controls) >= 25
    assert all(set(account.decisions) == controls for account in sample.accounts)
    assert all(set(unit.decisions) == controls for unit in sample.units)


def test_an_ou_and_an_account_override_decisions(sample: Organization) -> None:
    assert decided(sample, "management", "RDS.13") == "remediate"
    assert decided(sample, "orders-prod", "RDS.13") == "detect"
    assert decided(sample, "payments-prod", "RDS.13") == "remediate"
    assert decided(sample, "payments-prod", "S3.5") == "remediate"
    assert decided(sample, "sandbox-analytics", "RDS.8") == "disable"


def test_null_takes_an_override_back_to_the_organizations_decision(tmp_path: Path) -> None:
    override = f"security_hub:\n  controls:\n    S3.8:\n{decision('disable')}"
    back = "security_hub:\n  controls:\n    S3.8: null\n"
    root = a_tree(tmp_path, {"ous/workloads/_ou.yaml": override, DEV: back})

    organization = load(root, TODAY)

    assert decided(organization, "shop-prod") == "disable"
    assert decided(organization, "shop-dev") == "detect"


def test_an_override_is_whole_and_keeps_no_parameters_of_the_decision_it_replaces(
    tmp_path: Path,
) -> None:
    override = f"security_hub:\n  controls:\n    RDS.8:\n{decision('disable')}"
    organization = load(a_tree(tmp_path, {DEV: override}), TODAY)

    rds = ControlId("RDS.8")
    assert organization.management.decisions[rds].parameters == {"days": 7}
    assert organization.named("shop-dev").decisions[rds].parameters == {}
    assert organization.named("shop-dev").decisions[rds].decision is DecisionKind.DISABLE


def test_a_region_that_is_false_is_not_governed(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {DEV: "regions:\n  us-east-1: false\n  eu-west-1: true\n"})

    assert load(root, TODAY).named("shop-dev").regions == ("ap-northeast-1", "eu-west-1")


def test_a_wave_may_name_accounts_and_ous_by_pattern(tmp_path: Path) -> None:
    root = a_tree(tmp_path)
    (root / "waves.yaml").write_text(
        "waves:\n"
        "  some: {ous: [Work*], except: [shop-p*]}\n"
        "  rest: {accounts: ['*'], except: [shop-dev]}\n"
    )

    organization = load(root, TODAY)

    waves = {account.name: organization.wave_of[account.id] for account in organization.accounts}
    assert waves["shop-dev"] == "some"
    assert waves["shop-prod"] == waves["management"] == "rest"


def test_problems_of_every_kind_and_file_are_raised_together(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {DEV: "team: nobody\n", PROD: "colour: red\n"})
    (root / "exceptions.yaml").write_bytes(b"\xff")

    with pytest.raises(ConfigurationError) as raised:
        load(root, TODAY)

    assert [problem.what for problem in raised.value.problems] == [
        "is not UTF-8",
        "unknown key 'colour'",
        "unknown team 'nobody'",
    ]


def test_five_hundred_accounts_load(tmp_path: Path) -> None:
    own = f"security_hub:\n  controls:\n    S3.8:\n{decision('disable')}"
    added = {
        f"ous/workloads/prod/shop-{number}.yaml": f'account:\n  id: "3{number:011}"\n'
        f"  email: aws+{number}@example.com\nteam: shop\n{own}"
        for number in range(495)
    }
    root = a_tree(tmp_path, added)

    organization = load(root, TODAY)

    assert len(organization.accounts) == 500
