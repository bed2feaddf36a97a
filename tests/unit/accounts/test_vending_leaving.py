from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.accounts.events import AccountEvent, What, read
from orchestrator.accounts.files import Need, Task
from orchestrator.accounts.vending import STILL_OPEN, leave
from orchestrator.model.inventory import Member, Standing
from orchestrator.model.names import AccountId
from tests.unit.accounts.test_vending import OLD, PLACES
from tests.unit.accounts.vending_events import moved

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
