"""New accounts from event to covered, as a user types it, with the real Terraform and provider."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestrator import config
from orchestrator.sandbox import journal, lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.unit.accounts.vending_events import closed, created, from_control_tower, moved

ROOT = Path(__file__).parents[2]
PARTS = ("terraform", "modules", "policies", "schemas")
PROD, DEV = "ou-ex01-prod0000", "ou-ex01-dev00000"
FOLDERS = {PROD: "workloads/prod", DEV: "workloads/dev"}
VARIANTS = 1000
TOMORROW = date.today() + timedelta(days=1)


class Workspace:
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

    def vend(
        self, events: Sequence[dict[str, Any]], *options: str, code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        lines = "\n".join(map(json.dumps, events))
        ended = self.run("--sandbox", "vend", "--event", "-", *options, events=lines)
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended

    def shown(self) -> Any:
        """The last run, from its journal."""
        return json.loads(self.done("show", "last", "--format", "json"))

    def roles_made(self) -> Counter[str]:
        """How often the apply role was made in each account, by what the sandbox was asked."""
        entries = journal.read(self.work / ".sandbox", journal.Filter(operation="iam:CreateRole"))
        return Counter(
            str(entry["account"])
            for entry in entries
            if not entry["error"] and "orchestrator-apply" in str(entry["parameters"])
        )

    def organizations(self) -> Any:
        running = lifecycle.status(self.work / ".sandbox")
        assert running
        return Sandbox(running.port, running.environment, self.work).client("organizations")

    def new_account(self, name: str, parent: str) -> str:
        aws = self.organizations()
        asked = aws.create_account(AccountName=name, Email=f"aws+{name}@example.com")
        request, deadline = asked["CreateAccountStatus"], time.monotonic() + 120
        while request["State"] == "IN_PROGRESS" and time.monotonic() < deadline:
            time.sleep(0.1)
            found = aws.describe_create_account_status(CreateAccountRequestId=request["Id"])
            request = found["CreateAccountStatus"]
        account: str = request["AccountId"]
        root = aws.list_roots()["Roots"][0]["Id"]
        aws.move_account(AccountId=account, SourceParentId=root, DestinationParentId=parent)
        return account

    def state(self, key: str) -> bytes | None:
        """What lies in the state bucket; None where nothing does."""
        running = lifecycle.status(self.work / ".sandbox")
        assert running
        s3 = Sandbox(running.port, running.environment, self.work).client("s3")
        bucket = config.load(self.work / "account_configs", date.today()).facts.state.bucket
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", [])
        if not any(item["Key"] == key for item in listed):
            return None
        found: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return found

    def new_unit(self, name: str, parent: str) -> str:
        made = self.organizations().create_organizational_unit(ParentId=parent, Name=name)
        unit: str = made["OrganizationalUnit"]["Id"]
        return unit

    def files(self) -> dict[str, str]:
        """By account id, relative to ous/."""
        found = config.places(self.work / "account_configs").files
        return {id_: str(file.relative_to("account_configs/ous")) for id_, file in found.items()}


pytestmark = [pytest.mark.terraform, pytest.mark.long]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Shared: every test has accounts of its own."""
    workspace = Workspace(tmp_path_factory.mktemp("desk"))
    workspace.done("sandbox", "start")
    try:
        workspace.done("--sandbox", "bootstrap", "--yes")
        yield workspace
    finally:
        workspace.run("sandbox", "stop")


def test_a_thousand_events_in_any_order_leave_each_new_account_covered_exactly_once(
    workspace: Workspace, record_property: Callable[[str, object], None]
) -> None:
    foundations = "stack:log_archive or stack:organization or stack:security"
    workspace.done("--sandbox", "apply", foundations, "--yes")
    aws = workspace.organizations()
    new = {workspace.new_account(f"new-{n}", ou): ou for n, ou in enumerate([PROD, DEV] * 3)}
    leaving = workspace.new_account("leaving", PROD)
    aws.close_account(AccountId=leaving)
    root = aws.list_roots()["Roots"][0]["Id"]
    lost = workspace.new_account("lost", workspace.new_unit("Nobody", root))
    events = _variants([*new, leaving, lost], random.Random(7))  # noqa: S311  a test's dice
    assert len(events) == VARIANTS

    ended = workspace.vend(events, "--format", "json", code=7)

    expected = {id_: f"{FOLDERS[ou]}/new-{n}.yaml" for n, (id_, ou) in enumerate(new.items())}
    files = workspace.files()
    assert {id_: file for id_, file in files.items() if id_ in (*new, leaving, lost)} == expected
    assert f"{lost} : refuse: its OU" in ended.stderr
    applied = _outcomes(ended.stdout)
    assert {id_: applied[id_] for id_ in new} == dict.fromkeys(new, "applied")
    assert not {leaving, lost} & applied.keys()
    took = _from_event_to_verified(workspace.shown())
    assert took.keys() == new.keys()
    assert all(
        f"covered {seconds:.0f} s after its event" in ended.stderr for seconds in took.values()
    )

    random.Random(8).shuffle(events)  # noqa: S311
    again = _outcomes(workspace.vend(events, "--format", "json", code=7).stdout)

    assert {id_: again[id_] for id_ in new} == dict.fromkeys(new, "unchanged")
    assert workspace.files() == files
    made = workspace.roles_made()
    assert {id_: made[id_] for id_ in new} == dict.fromkeys(new, 1)
    assert not {leaving, lost} & made.keys()
    told = json.loads(workspace.run("--sandbox", "coverage", "--ask", "--format", "json").stdout)
    gaps = {row["id"]: row["gaps"] for row in told["accounts"]}
    assert {id_: gaps[id_] for id_ in new} == {id_: [] for id_ in new}
    assert gaps[lost] == ["not in account_configs/"]
    assert leaving not in gaps
    counted = {
        "events": 2 * len(events),
        "new accounts": len(new),
        "covered": len(took),
        "roles made in each": 1,
        "closed": 1,
        "in an OU nobody configured": 1,
    }
    for what, count in counted.items():
        record_property(what, count)
    print(", ".join(f"{count} {what}" for what, count in counted.items()))  # noqa: T201


def _outcomes(document: str) -> dict[str, str]:
    """Of the accounts' own stacks, by account id; no account has two results."""
    results = [r for r in json.loads(document)["stacks"] if r["stack"] == "account"]
    assert len({r["account_id"] for r in results}) == len(results)
    return {r["account_id"]: r["outcome"] for r in results}


def _from_event_to_verified(run: dict[str, Any]) -> dict[str, float]:
    """Seconds by account id, as the journal has them."""
    return {
        stack["account_id"]: stage["seconds"]
        for stack in run["results"]
        for stage in stack["stages"]
        if stage["stage"] == "covered"
    }


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
    events = [maker(id_) for id_ in accounts for maker in makers]
    while len(events) < VARIANTS:
        event = dice.choice(makers)(dice.choice(accounts))
        events.append(event["detail"] if dice.random() < 0.3 else event)
    dice.shuffle(events)
    return events


def test_an_account_that_moved_takes_its_file_along_and_a_closed_one_is_left_to_people(
    workspace: Workspace,
) -> None:
    aws = workspace.organizations()
    orders = config.load(workspace.work / "account_configs", date.today()).named("orders-prod").id
    aws.move_account(AccountId=orders, SourceParentId=PROD, DestinationParentId=DEV)

    workspace.vend([moved(orders)], "--write-only")
    assert workspace.files()[orders] == "workloads/dev/orders-prod.yaml"

    aws.close_account(AccountId=orders)
    ended = workspace.run("--sandbox", "vend", orders, "--write-only")
    assert ended.returncode == 0
    assert "offboard: it is closed" in ended.stderr
    assert workspace.files()[orders] == "workloads/dev/orders-prod.yaml"


def test_an_account_in_an_ou_that_nobody_configured_is_refused_and_the_others_go_on(
    workspace: Workspace,
) -> None:
    aws = workspace.organizations()
    root = aws.list_roots()["Roots"][0]["Id"]
    lost = workspace.new_account("lost-too", workspace.new_unit("Elsewhere", root))
    found = workspace.new_account("found", PROD)

    ended = workspace.run("--sandbox", "vend", lost, found, "--write-only")

    assert ended.returncode == 7
    assert f"{lost} : refuse: its OU" in ended.stderr
    assert workspace.files()[found] == "workloads/prod/found.yaml"
    assert lost not in workspace.files()


def test_an_account_that_is_set_aside_is_left_alone_where_everybody_sees_it(
    workspace: Workspace,
) -> None:
    held = workspace.new_account("held", DEV)
    workspace.done("--sandbox", "vend", held, "--write-only")
    file = workspace.work / "account_configs/ous/workloads/dev/held.yaml"
    why = "The team moves it to another network."
    with file.open("a") as out:
        out.write(f"quarantine: {{ reason: {why}, owner: orders, until: {TOMORROW} }}\n")

    ended = workspace.done("--sandbox", "apply", "held", "--yes", "--format", "json")

    (result,) = json.loads(ended)["stacks"]
    told = f"set aside until {TOMORROW} by orders: {why}"
    assert (result["outcome"], result["reason"]) == ("set aside", told)
    assert told in workspace.done("list", "held")
    assert [r["outcome"] for r in workspace.shown()["results"]] == ["set aside"]
    covered = json.loads(workspace.run("--sandbox", "coverage", "--format", "json").stdout)
    row = next(row for row in covered["accounts"] if row["id"] == held)
    assert row["quarantine"] == {"reason": why, "owner": "orders", "until": str(TOMORROW)}
    assert covered["counts"]["set_aside"] == 1
    assert held not in workspace.roles_made()


def test_a_closed_account_is_taken_out_in_order_and_nothing_goes_that_was_not_named(
    workspace: Workspace,
) -> None:
    gone = workspace.new_account("short-lived", DEV)
    workspace.done("--sandbox", "vend", gone)
    state, archive = (
        f"{gone}/account/terraform.tfstate",
        f"archive/{gone}/account/terraform.tfstate",
    )
    before = workspace.state(state)
    assert before

    still_open = workspace.run("--sandbox", "offboard", "short-lived", "--yes")
    assert still_open.returncode == 7
    assert "left alone: AWS Organizations calls it ACTIVE" in still_open.stdout

    workspace.organizations().close_account(AccountId=gone)
    said = workspace.done("--sandbox", "offboard", "--event", "-", events=json.dumps(closed(gone)))
    assert f"state     {state}: live, not archived" in said
    assert f"role: arn:aws:iam::{gone}:role/orchestrator-apply" in said
    assert workspace.files()[gone] == "workloads/dev/short-lived.yaml"
    assert workspace.state(archive) is None

    said = workspace.done("--sandbox", "offboard", "short-lived", "--yes")
    assert f"state     {state}: live, archived at {archive}" in said
    assert "GuardDuty member: not known" not in said
    assert gone not in workspace.files()
    assert workspace.state(archive) == workspace.state(state) == before
    (archived,) = workspace.shown()["results"]
    assert (archived["outcome"], archived["stages"][0]["stage"]) == ("applied", "archive")

    again = json.loads(workspace.done("--sandbox", "offboard", gone, "--yes", "--format", "json"))
    assert again["accounts"][0]["done"] == []
    refused = workspace.run("--sandbox", "offboard", gone, "--yes", "--destroy", "everything")
    assert refused.returncode == 2
    assert f"choose among: {state}" in refused.stderr

    workspace.done("--sandbox", "offboard", gone, "--yes", "--destroy", state)
    assert workspace.state(state) is None
    assert workspace.state(archive) == before
    said = workspace.done("--sandbox", "offboard", gone, "--yes", "--destroy", state)
    assert f"state     {state}: removed, archived at {archive}" in said
