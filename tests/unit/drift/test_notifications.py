from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.drift.notifications import looked, notifications, steps
from orchestrator.model.drift import DriftNotification, Move, Ticket
from orchestrator.model.plan import Action, Change
from orchestrator.model.run import Outcome, StackResult
from tests.builders import a_key, a_plan, an_account

POLICY = Change("module.a.aws_iam_role.x", "aws_iam_role", Action.UPDATE, ("tags",))
OTHER = Change("module.b.aws_sns_topic.y", "aws_sns_topic", Action.DELETE)


def drifted(number: int, *changes: Change, value: str = "v") -> StackResult:
    key = a_key(an_account(number, f"account-{number}"))
    valued = tuple(replace(change, normalized=(("tags", value),)) for change in changes)
    return StackResult(key, Outcome.DRIFTED, a_plan(key=key, drift=valued))


def denied(number: int, reason: str = "read: AccessDenied") -> StackResult:
    key = a_key(an_account(number, f"account-{number}"))
    return StackResult(key, Outcome.DENIED, reason=reason)


def opened(*found: DriftNotification) -> dict[str, Ticket]:
    return {n.key: Ticket(n.key, f"#{i}", n.digest, n.title) for i, n in enumerate(found)}


def test_the_same_drift_in_many_accounts_is_one_notice_that_names_them_all() -> None:
    [found] = notifications([drifted(number, POLICY) for number in range(1, 41)])

    assert found.title == "40 accounts: a.aws_iam_role.x changed outside of Terraform"
    assert found.body.count("account-") == 40


def test_what_could_not_be_looked_at_is_told_as_well() -> None:
    [found] = notifications([denied(1)])

    assert found.title == "account-1: account could not be checked for drift"
    assert "AccessDenied" in found.body


def test_stacks_in_sync_are_not_worth_a_word() -> None:
    assert notifications([StackResult(a_key(), Outcome.IN_SYNC)]) == ()


def test_a_notice_keeps_its_key_when_accounts_and_values_change() -> None:
    [one] = notifications([drifted(1, POLICY, value="a")])
    [two] = notifications([drifted(2, POLICY, value="b"), drifted(3, POLICY, value="b")])
    [other] = notifications([drifted(1, OTHER)])

    assert one.key == two.key != other.key


def test_what_is_new_is_opened_and_the_same_again_is_left_alone() -> None:
    found = notifications([drifted(1, POLICY)])

    [step] = steps(found, {}, frozenset())
    assert step.move is Move.OPEN
    assert steps(found, opened(*found), frozenset()) == ()


def test_one_more_account_is_written_into_the_same_ticket() -> None:
    before, after = (
        notifications([drifted(1, POLICY)]),
        notifications([drifted(1, POLICY), drifted(2, POLICY)]),
    )

    [step] = steps(after, opened(*before), frozenset())

    assert step.move is Move.UPDATE
    assert step.ticket
    assert step.ticket.key == after[0].key


def test_what_is_over_is_closed_but_only_by_a_check_that_has_seen_everything() -> None:
    tickets = opened(*notifications([drifted(1, POLICY)]))
    good = [StackResult(a_key(), Outcome.IN_SYNC)]

    assert [s.move for s in steps((), tickets, looked(good, tickets, True))] == [Move.CLOSE]
    assert steps((), tickets, looked(good, tickets, False)) == ()
    assert steps((), tickets, looked([*good, denied(2)], tickets, True)) == ()


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_name_can_become_markup_or_a_mention(name: str, reason: str) -> None:
    key = replace(a_key(), account_name=name)

    [found] = notifications([StackResult(key, Outcome.DENIED, reason=reason)])

    for line in found.body.splitlines():
        outside = line.split("`")[0]
        assert "@" not in outside
        assert "<" not in outside
    assert len(found.body.splitlines()) == 5


@given(st.lists(st.lists(st.sampled_from([POLICY, OTHER]), unique=True, min_size=1), max_size=6))
def test_after_the_steps_are_done_there_is_nothing_left_to_do(fleets: list[list[Change]]) -> None:
    tickets: dict[str, Ticket] = {}
    for _ in range(2):
        results = [drifted(number, *changes) for number, changes in enumerate(fleets, 1)]
        found = notifications(results)
        for step in steps(found, tickets, frozenset(tickets)):
            if step.notification is None:
                del tickets[step.key]
            else:
                tickets[step.key] = opened(step.notification)[step.key]
        assert steps(found, tickets, frozenset(tickets)) == ()
        assert len(tickets) == len(found)
