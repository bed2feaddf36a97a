from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import config
from orchestrator.errors import ConfigurationError, UsageError
from orchestrator.model.census import Member, Standing
from orchestrator.model.names import AccountId
from orchestrator.vending import template
from orchestrator.vending.deciding import decide, named
from orchestrator.vending.task import Need, Task
from orchestrator.vending.template import Template
from orchestrator.vending.writing import carry_out
from tests.unit.render.builders import ROOT

TODAY = date(2026, 6, 1)
CONFIGS = ROOT / "account_configs"
ORGANIZATION = config.load(CONFIGS, TODAY)
PLACES = config.places(CONFIGS)
TEMPLATE = template.load(CONFIGS)
PROD = "ou-ex01-prod0000"
NEW = Member(
    AccountId("299999999999"), "Search Prod", "aws+search@example.com", Standing.ACTIVE, PROD
)
OLD = replace(NEW, id=AccountId("200000000007"), name="orders-prod")


def task(member: Member | None, account: str = "") -> Task:
    id_ = AccountId(account or (member.id if member else NEW.id))
    return decide(id_, member, PLACES, ORGANIZATION, TEMPLATE)


def test_a_new_account_gets_a_file_in_the_folder_of_its_ou() -> None:
    found = task(replace(NEW, tags={"Team": "orders"}))

    assert (found.need, found.name) == (Need.WRITE, "search-prod")
    assert found.file == Path("account_configs/ous/workloads/prod/search-prod.yaml")
    assert yaml.safe_load(found.text) == {
        "account": {"id": NEW.id, "email": NEW.email},
        "team": "orders",
    }


def test_a_tag_that_names_no_team_leaves_the_team_to_the_ou() -> None:
    assert "team" not in yaml.safe_load(task(replace(NEW, tags={"team": "nobody"})).text)


def test_the_same_event_again_finds_the_file_and_writes_nothing() -> None:
    found = task(OLD)

    assert (found.need, found.covers) == (Need.NOTHING, True)


def test_an_account_in_another_ou_takes_its_file_along() -> None:
    found = task(replace(OLD, parent="r-ex01"))

    assert found.need is Need.MOVE
    assert found.old == Path("account_configs/ous/workloads/prod/orders-prod.yaml")
    assert found.file == Path("account_configs/ous/orders-prod.yaml")


def test_an_ou_that_nobody_configured_is_refused_with_the_way_out() -> None:
    found = task(replace(NEW, parent="ou-ex01-elsewhere"))

    assert found.need is Need.REFUSE
    assert found.why == "its OU ou-ex01-elsewhere is not in account_configs/"
    assert "_ou.yaml" in found.fix


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.PENDING_CLOSURE])
def test_a_closed_account_is_offboarded_by_people_and_never_covered(standing: Standing) -> None:
    known, unknown = (task(replace(each, standing=standing)) for each in (OLD, NEW))

    assert (known.need, known.covers) == (Need.OFFBOARD, False)
    assert known.fix == "when its people agree: orchestrator offboard orders-prod"
    assert unknown.need is Need.NOTHING
    assert not unknown.text


def test_an_account_that_organizations_does_not_know_is_refused() -> None:
    assert task(None).need is Need.REFUSE


def test_a_standing_that_is_new_to_us_is_waited_for() -> None:
    assert task(replace(NEW, standing=Standing.UNKNOWN)).need is Need.REFUSE


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Search Prod", "search-prod"),
        ("  A_B/C  ", "a-b-c"),
        ("orders-prod", "orders-prod-299999999999"),
        ("検索", "account-299999999999"),
        ("../../etc/passwd", "etc-passwd"),
        ("x" * 80, "x" * 50),
    ],
)
def test_a_name_becomes_one_that_a_file_can_have(name: str, file: str) -> None:
    assert named(replace(NEW, name=name), PLACES.names) == file


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text()))
def test_whatever_aws_says_stays_data(name: str, email: str, tags: dict[str, str]) -> None:
    found = task(replace(NEW, name=name, email=email, tags=tags))

    assert yaml.safe_load(found.text)["account"] == {"id": NEW.id, "email": email}
    assert found.file
    assert found.file.parent == Path("account_configs/ous/workloads/prod")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("id: {{ id }}", "without the filter 'yaml'"),
        ("id: {{ secret | yaml }}", "'secret' is undefined"),
        ("{% if %}", "Expected"),
        ("{{ id.__class__.__mro__ | yaml }}", "unsafe"),
    ],
)
def test_a_template_that_does_not_quote_or_asks_for_more_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        Template(text).account(NEW, ORGANIZATION)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    target = tmp_path / "account_configs"
    for file in CONFIGS.rglob("*.yaml"):
        copy = target / file.relative_to(CONFIGS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text())
    return tmp_path


def texts(project: Path) -> dict[Path, str]:
    return {file: file.read_text() for file in project.rglob("*.yaml")}


def test_a_written_account_is_part_of_the_organization(project: Path) -> None:
    organization = carry_out(task(NEW), project, TODAY)

    account = organization.named("search-prod")
    assert (account.id, account.ou) == (NEW.id, "Workloads/Prod")


def test_a_moved_account_keeps_its_file(project: Path) -> None:
    before = (project / "account_configs/ous/workloads/prod/orders-prod.yaml").read_text()
    found = task(replace(OLD, parent="ou-ex01-sandbox0"))
    if found.need is not Need.MOVE:
        pytest.fail(f"the sample has no such OU: {found.why}")

    organization = carry_out(found, project, TODAY)

    assert found.file
    assert (project / found.file).read_text() == before
    assert organization.named("orders-prod").ou == "Sandbox"


def test_an_account_that_no_wave_covers_changes_no_file(project: Path) -> None:
    before = texts(project)

    with pytest.raises(ConfigurationError, match="wave"):
        carry_out(task(replace(NEW, parent="r-ex01")), project, TODAY)

    assert texts(project) == before


def test_a_move_that_breaks_the_configuration_is_taken_back(project: Path) -> None:
    before = texts(project)

    with pytest.raises(ConfigurationError):
        carry_out(task(replace(OLD, parent="r-ex01")), project, TODAY)

    assert texts(project) == before
