from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import config
from orchestrator.accounts import vending
from orchestrator.accounts.events import AccountEvent, What, read
from orchestrator.accounts.files import Need, Task, carry_out, changes
from orchestrator.accounts.vending import STILL_OPEN, Template, decide, leave, named, vended
from orchestrator.errors import UsageError
from orchestrator.model.inventory import Member, Standing
from orchestrator.model.names import AccountId
from tests.unit.accounts.vending_events import moved
from tests.unit.render.builders import ROOT

TODAY = date(2026, 6, 1)
CONFIGS = ROOT / "account_configs"
ORGANIZATION = config.load(CONFIGS, TODAY)
PLACES = config.places(CONFIGS)
TEMPLATE = vending.load(CONFIGS)
PROD = "ou-ex01-prod0000"
SANDBOX = "ou-ex01-sandbox0"
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
    assert (unknown.need, unknown.covers) == (Need.NOTHING, False)
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


def names(project: Path) -> set[str]:
    return {a.name for a in config.load(project / "account_configs", TODAY).accounts}


def test_a_written_account_is_part_of_the_organization(project: Path) -> None:
    (done,) = carry_out([task(NEW)], project, TODAY)

    account = config.load(project / "account_configs", TODAY).named("search-prod")
    assert (done.need, account.id, account.ou) == (Need.WRITE, NEW.id, "Workloads/Prod")


def test_a_moved_account_keeps_its_file(project: Path) -> None:
    before = (project / "account_configs/ous/workloads/prod/orders-prod.yaml").read_text()
    found = task(replace(OLD, parent=SANDBOX))
    assert found.need is Need.MOVE

    carry_out([found], project, TODAY)

    assert found.file
    assert (project / found.file).read_text() == before
    organization = config.load(project / "account_configs", TODAY)
    assert organization.named("orders-prod").ou == "Sandbox"


@pytest.mark.parametrize("member", [replace(NEW, parent="r-ex01"), replace(OLD, parent="r-ex01")])
def test_an_account_that_no_wave_covers_changes_no_file(project: Path, member: Member) -> None:
    before = texts(project)

    (refused,) = carry_out([task(member)], project, TODAY)

    assert refused.need is Need.REFUSE
    assert "wave" in refused.why
    assert texts(project) == before


def test_one_bad_account_of_many_is_refused_and_the_others_are_written(project: Path) -> None:
    members = {
        AccountId(f"3{n:011}"): replace(NEW, name=f"team-{n}", email=f"{n}@example.com")
        for n in range(20)
    }
    bad = AccountId(f"3{13:011}")
    members[bad] = replace(members[bad], parent="r-ex01")

    done = vended(list(members), lambda id_: replace(members[id_], id=id_), project, TODAY)

    assert [t.account for t in done] == list(members)
    assert [t.account for t in done if t.need is Need.REFUSE] == [bad]
    assert {f"team-{n}" for n in range(20) if n != 13} <= names(project)
    assert "team-13" not in names(project)


def test_two_accounts_of_one_name_in_one_batch_get_files_of_their_own(project: Path) -> None:
    ids = [AccountId("300000000001"), AccountId("300000000002")]

    done = vended(ids, lambda id_: replace(NEW, id=id_, email=f"{id_}@example.com"), project, TODAY)

    assert [t.name for t in done] == ["search-prod", "search-prod-300000000002"]


def test_a_file_that_somebody_has_written_meanwhile_is_left_as_it_is(project: Path) -> None:
    found = task(NEW)
    assert found.file
    (project / found.file).write_text("# somebody's\n")

    (refused,) = carry_out([found], project, TODAY)

    assert refused.need is Need.REFUSE
    assert refused.fix == f"look again: orchestrator vend {NEW.id}"
    assert (project / found.file).read_text() == "# somebody's\n"


def test_an_account_with_another_name_in_aws_keeps_its_file_and_people_are_told() -> None:
    found = task(replace(OLD, name="Orders"))

    assert (found.need, found.covers) == (Need.NOTHING, True)
    assert found.note == "AWS calls it 'Orders'; its file keeps its name"
    assert task(OLD).note == task(replace(OLD, name="Orders (Prod)")).note == ""


def test_what_carried_out_tasks_changed_is_known_file_by_file(project: Path) -> None:
    moved = task(replace(OLD, parent=SANDBOX))
    done = carry_out([task(NEW), moved], project, TODAY)

    changed = changes(done, project)

    assert changed == {
        Path("account_configs/ous/workloads/prod/search-prod.yaml"): task(NEW).text,
        Path("account_configs/ous/workloads/prod/orders-prod.yaml"): None,
        Path("account_configs/ous/sandbox/orders-prod.yaml"): (
            CONFIGS / "ous/workloads/prod/orders-prod.yaml"
        ).read_text(),
    }


FILE = Path("account_configs/ous/workloads/prod/orders-prod.yaml")


def left(member: Member | None, account: AccountId = OLD.id) -> Task:
    return leave(account, member, PLACES)


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (replace(OLD, standing=Standing.SUSPENDED), "it is closed"),
        (replace(OLD, standing=Standing.PENDING_CLOSURE), "it is closed"),
        (None, "AWS Organizations does not know it"),
    ],
)
def test_the_file_of_an_account_that_has_gone_goes(member: Member | None, why: str) -> None:
    assert left(member) == Task(Need.REMOVE, OLD.id, why, "orders-prod", old=FILE)


@pytest.mark.parametrize("standing", [Standing.ACTIVE, Standing.UNKNOWN])
def test_an_account_that_may_be_in_use_is_left_alone(standing: Standing) -> None:
    found = left(replace(OLD, standing=standing))

    assert (found.need, found.fix) == (Need.REFUSE, STILL_OPEN)


def test_what_has_no_file_any_more_asks_for_none_to_be_removed() -> None:
    gone = left(None, AccountId("299999999999"))

    assert (gone.need, gone.old) == (Need.NOTHING, None)


def test_an_account_that_was_removed_from_the_organization_has_gone() -> None:
    document = moved("200000000007")
    document["detail"]["eventName"] = "RemoveAccountFromOrganization"

    event = read(document)

    assert isinstance(event, AccountEvent)
    assert (event.what, event.account, event.ready) == (What.CLOSED, "200000000007", True)
