from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from orchestrator.accounts.files import Need, Task
from orchestrator.accounts.vending import vended
from orchestrator.app.project import Project
from orchestrator.app.proposals import BRANCH, REQUEST, Place, line
from orchestrator.model.inventory import Member, Standing
from orchestrator.model.names import AccountId
from tests.unit.accounts.checkouts import Checkout, a_checkout

IDS = (AccountId("200000000013"),)
NEW = "account_configs/ous/workloads/prod/search.yaml"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = a_checkout(tmp_path / "project")
    made.git("config", "user.name", "test")
    made.git("config", "user.email", "test@example.com")
    return made


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said on the way, and what was printed."""

    said: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)


def proposed(checkout: Checkout, to: str, heard: Heard) -> tuple[Task, ...]:
    prod = "account_configs/ous/workloads/prod/_ou.yaml"
    ou = checkout.git("show", f"HEAD:{prod}").partition("id: ")[2].split()[0]

    def work(root: Path, today: date) -> tuple[Task, ...]:
        return vended(
            IDS,
            lambda id_: Member(id_, "search", "s@example.com", Standing.ACTIVE, ou.strip('"')),
            root,
            today,
        )

    project = Project(checkout.root, checkout.root, say=heard.said.append)
    return Place(project, "vend", to, show=heard.shown.append).carried_out(IDS, work)


def test_a_new_account_is_a_commit_on_a_branch_and_the_checkout_stays_as_it_is(
    checkout: Checkout,
) -> None:
    heard = Heard()

    (task,) = proposed(checkout, BRANCH, heard)

    assert task.need is Need.WRITE, task.why
    assert not (checkout.root / NEW).exists()
    assert checkout.git("status", "--porcelain") == ""
    changed = checkout.git("diff", "--name-status", "HEAD", "vend/200000000013")
    assert changed == f"A\t{NEW}"
    assert checkout.git("log", "-1", "--format=%s", "vend/200000000013") == "Vend search"
    assert heard.said[0].startswith("vend/200000000013: commit")


def test_the_same_event_again_makes_no_second_commit(checkout: Checkout) -> None:
    proposed(checkout, BRANCH, Heard())
    tip = checkout.git("rev-parse", "vend/200000000013")
    heard = Heard()

    (task,) = proposed(checkout, REQUEST, heard)

    assert task.need is Need.NOTHING
    assert checkout.git("rev-parse", "vend/200000000013") == tip
    assert heard == Heard(["vend/200000000013: nothing to commit"], [])


def test_a_pull_request_has_the_file_and_what_comes_after_it(
    checkout: Checkout,
) -> None:
    heard = Heard()

    proposed(checkout, REQUEST, heard)

    (body,) = heard.shown
    assert body.startswith("# Vend search\n")
    assert "```yaml\n# Written when the account was vended." in body
    assert "- `orchestrator apply search`" in body


def test_a_name_from_aws_plays_no_tricks_with_the_terminal() -> None:
    task = Task(Need.NOTHING, IDS[0], "its file is there", "x", note="AWS calls it '\x1b[31m'")

    assert "\x1b" not in line(task)
