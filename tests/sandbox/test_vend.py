"""New accounts from event to covered, as a user types it, with the real Terraform and provider."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestrator import config
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.unit.vending.events import closed, created, from_control_tower, moved

ROOT = Path(__file__).parents[2]
PARTS = ("terraform", "modules", "policies", "schemas")
PROD, DEV = "ou-ex01-prod0000", "ou-ex01-dev00000"
FOLDERS = {PROD: "workloads/prod", DEV: "workloads/dev"}
VARIANTS = 1000


class Desk:
    """A project of its own, whose files may change, and a sandbox."""

    def __init__(self, work: Path) -> None:
        self.work = work
        shutil.copytree(ROOT / "account_configs", work / "account_configs")
        for part in PARTS:
            (work / part).symlink_to(ROOT / part)

    def run(self, *words: str, events: str = "") -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "orchestrator", "--project", str(self.work), *words]
        return subprocess.run(argv, input=events, capture_output=True, text=True, check=False)

    def done(self, *words: str, events: str = "") -> str:
        ended = self.run(*words, events=events)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def vend(self, *events: dict[str, Any], options: tuple[str, ...] = ()) -> str:
        lines = "\n".join(map(json.dumps, events))
        return self.done("--sandbox", "vend", "--event", "-", *options, events=lines)

    def organizations(self) -> Any:
        running = lifecycle.status(self.work / ".sandbox")
        assert running
        return Sandbox(running.port, running.environment, self.work).client("organizations")

    def new_account(self, name: str, parent: str) -> str:
        aws = self.organizations()
        asked = aws.create_account(AccountName=name, Email=f"aws+{name}@example.com")
        account: str = asked["CreateAccountStatus"]["AccountId"]
        root = aws.list_roots()["Roots"][0]["Id"]
        aws.move_account(AccountId=account, SourceParentId=root, DestinationParentId=parent)
        return account

    def files(self) -> dict[str, str]:
        """By account id, relative to ous/."""
        found = config.places(self.work / "account_configs").files
        return {id_: str(file.relative_to("account_configs/ous")) for id_, file in found.items()}


pytestmark = [pytest.mark.terraform, pytest.mark.long]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Shared: every test has accounts of its own."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.done("sandbox", "start")
    desk.done("--sandbox", "bootstrap", "--yes")
    yield desk
    desk.done("sandbox", "stop")


def test_a_thousand_events_in_any_order_leave_each_account_covered_exactly_once(
    desk: Desk,
) -> None:
    desk.done("--sandbox", "apply", "log-archive", "management", "security", "--yes")
    accounts = {desk.new_account(f"new-{n}", dev): dev for n, dev in enumerate([PROD, DEV] * 10)}
    leaving = next(iter(accounts))
    desk.organizations().close_account(AccountId=leaving)
    events = _variants(sorted(accounts), random.Random(7))  # noqa: S311  a test's dice

    desk.vend(*events[:VARIANTS], options=("--write-only",))

    del accounts[leaving]
    expected = {
        id_: f"{FOLDERS[ou]}/new-{n}.yaml" for n, (id_, ou) in enumerate(accounts.items(), 1)
    }
    assert {id_: file for id_, file in desk.files().items() if id_ in accounts} == expected
    assert leaving not in desk.files()

    two = list(accounts)[:2]
    first = desk.vend(*(from_control_tower(account=each) for each in (*two, *two)))
    again = desk.vend(*(created(each) for each in two))

    assert first.count("applied") == 4, first
    assert again.count("unchanged") == 4, again
    told = json.loads(desk.run("--sandbox", "coverage", "--ask", "--format", "json").stdout)
    gaps = {row["id"]: row["gaps"] for row in told["accounts"]}
    assert [gaps[each] for each in two] == [[], []]


def _variants(accounts: list[str], dice: random.Random) -> list[dict[str, Any]]:
    """Each account by every kind of event, late and early, again and again."""
    makers: tuple[Callable[[str], dict[str, Any]], ...] = (
        lambda id_: from_control_tower(account=id_),
        lambda id_: from_control_tower("UpdateManagedAccount", account=id_),
        lambda id_: from_control_tower(account=id_, state="FAILED"),
        created,
        lambda id_: created(id_, state="FAILED"),
        moved,
        lambda id_: moved(id_, errorCode="AccessDenied"),
        closed,
    )
    events = [maker(id_) for id_ in accounts for maker in makers[:1]]
    while len(events) < VARIANTS:
        event = dice.choice(makers)(dice.choice(accounts))
        events.append(event["detail"] if dice.random() < 0.3 else event)
    dice.shuffle(events)
    return events


def test_an_account_that_moved_takes_its_file_along_and_a_closed_one_is_left_to_people(
    desk: Desk,
) -> None:
    aws = desk.organizations()
    orders = config.load(desk.work / "account_configs", date.today()).named("orders-prod").id
    aws.move_account(AccountId=orders, SourceParentId=PROD, DestinationParentId=DEV)

    desk.vend(moved(orders), options=("--write-only",))
    assert desk.files()[orders] == "workloads/dev/orders-prod.yaml"

    aws.close_account(AccountId=orders)
    ended = desk.run("--sandbox", "vend", orders, "--write-only")
    assert ended.returncode == 0
    assert "offboard: it is closed" in ended.stderr
    assert desk.files()[orders] == "workloads/dev/orders-prod.yaml"


def test_an_account_in_an_ou_that_nobody_configured_is_refused_and_the_others_go_on(
    desk: Desk,
) -> None:
    aws = desk.organizations()
    root = aws.list_roots()["Roots"][0]["Id"]
    elsewhere = aws.create_organizational_unit(ParentId=root, Name="Elsewhere")
    lost = desk.new_account("lost", elsewhere["OrganizationalUnit"]["Id"])
    found = desk.new_account("found", PROD)

    ended = desk.run("--sandbox", "vend", lost, found, "--write-only")

    assert ended.returncode == 7
    assert f"{lost} : refuse: its OU" in ended.stderr
    assert desk.files()[found] == "workloads/prod/found.yaml"
    assert lost not in desk.files()
