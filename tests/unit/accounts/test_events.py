from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.accounts.events import AccountEvent, Ignored, Unreadable, What, read
from orchestrator.model.names import AccountId
from tests.unit.accounts.vending_events import (
    closed,
    created,
    departed,
    from_control_tower,
    joined,
    moved,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize("name", ["CreateManagedAccount", "UpdateManagedAccount"])
def test_control_tower_says_that_an_account_is_ready_also_after_a_failed_try(name: str) -> None:
    event = read(from_control_tower(name))

    when = datetime(2026, 11, 16, 12, 9, 32, tzinfo=UTC)
    assert event == AccountEvent(What.CREATED, "200000000013", when, name)  # type: ignore[arg-type]


def test_organizations_writes_times_its_own_way_and_its_account_may_not_be_ready() -> None:
    event = read(created())

    assert isinstance(event, AccountEvent)
    assert (event.what, event.ready) == (What.CREATED, False)
    assert event.at == datetime(2026, 11, 16, 21, 20, 50, tzinfo=UTC)


def test_closing_and_moving_are_read_with_the_time_they_were_written_down() -> None:
    for document, what in ((closed(), What.CLOSED), (moved(), What.MOVED)):
        event = read(document)

        assert isinstance(event, AccountEvent)
        assert (event.what, event.ready) == (what, what is What.CLOSED)
        assert event.at == datetime(2026, 11, 16, 21, 20, 51, tzinfo=UTC)


@pytest.mark.parametrize(
    ("document", "what", "ready"),
    [
        (joined(method="Created"), What.CREATED, False),
        (joined(method="Invited"), What.CREATED, False),
        (departed(method="Left"), What.CLOSED, True),
        (departed(method="Removed"), What.CLOSED, True),
        (departed(method="Cleaned"), What.CLOSED, True),
    ],
)
def test_who_joins_or_departs_is_heard_however_that_came_about(
    document: dict[str, Any], what: What, ready: bool
) -> None:
    event = read(document)

    when = datetime(2026, 11, 16, 21, 20, 49, tzinfo=UTC)
    assert event == AccountEvent(
        what, AccountId("200000000013"), when, document["detail"]["eventName"], ready
    )


def test_a_membership_event_that_names_no_account_is_none() -> None:
    document = joined()
    del document["detail"]["serviceEventDetails"]["accountId"]

    with pytest.raises(Unreadable, match="accountId"):
        read(document)


@pytest.mark.parametrize(
    "document", [from_control_tower(), created(), closed(), moved(), joined(), departed()]
)
def test_the_record_alone_says_the_same_as_on_the_bus(document: dict[str, Any]) -> None:
    assert read(document["detail"]) == read(document)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (from_control_tower(state="FAILED"), "'CreateManagedAccount' has ended as FAILED"),
        (created(state="FAILED"), "'CreateAccountResult' has ended as FAILED: EMAIL"),
        (moved(errorCode="AccessDenied"), "'MoveAccount' was refused by AWS"),
        ({"eventName": "SetupLandingZone"}, "'SetupLandingZone' says nothing about an account"),
    ],
)
def test_what_asks_for_nothing_is_ignored_with_a_reason(document: Any, why: str) -> None:
    event = read(document)

    assert isinstance(event, Ignored)
    assert event.why.startswith(why)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ([], "the event is missing, or not an object"),
        ({"detail": []}, "detail is missing, or not an object"),
        ({}, "there is no eventName"),
        (from_control_tower(account="2"), "accountId is not twelve digits"),
        (from_control_tower(completed="soon"), "its time is written in a way"),
    ],
)
def test_what_is_no_event_is_refused_with_a_reason(document: Any, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(document)


@given(JSON)
def test_whatever_comes_is_read_ignored_or_refused(document: Any) -> None:
    for each in (document, {"detail": document}, {"eventName": document}):
        try:
            read(each)
        except Unreadable as refused:
            assert str(refused)


def test_a_thousand_damaged_events_are_read_ignored_or_refused() -> None:
    dice = random.Random(7)  # noqa: S311  a test's dice
    seen = {AccountEvent: 0, Ignored: 0, Unreadable: 0}
    for _ in range(1000):
        document = dice.choice([from_control_tower(), created(), closed(), moved()])
        _damage(document, dice)
        try:
            seen[type(read(document))] += 1
        except Unreadable:
            seen[Unreadable] += 1

    assert sum(seen.values()) == 1000
    assert all(seen.values())


def _damage(document: Any, dice: random.Random) -> None:
    """Take away or replace something, somewhere."""
    while isinstance(document, dict) and document:
        key = dice.choice(list(document))
        if not isinstance(document[key], dict) or dice.random() < 0.2:
            document[key] = dice.choice([None, "", "x" * 1000, 7, [], {}, "\N{BELL}"])
            return
        document = document[key]
