from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from orchestrator.drift.notifications import Calls, happened, notifications, steps
from orchestrator.model.drift import DriftEvent, DriftNotification, Move, Ticket
from orchestrator.model.names import AccountId, StackKey
from orchestrator.model.plan import Action, Change
from orchestrator.model.run import Outcome, StackResult
from tests.builders import a_key, a_plan, an_account

POLICY = Change("module.a.aws_iam_role.x", "aws_iam_role", Action.UPDATE, ("tags",))
ORDERS, PAYMENTS = (a_key(an_account(n, name)) for n, name in ((6, "orders"), (7, "payments")))
CALL = DriftEvent(
    "e1",
    AccountId("200000000006"),
    "us-east-1",
    "iam.amazonaws.com",
    "TagRole",
    datetime(2026, 6, 1, 12, tzinfo=UTC),
    "jane@example.com",
    "arn:aws:sts::200000000006:assumed-role/Admin/jane@example.com",
    "192.0.2.1",
)


def drifted(key: StackKey = ORDERS) -> StackResult:
    return StackResult(key, Outcome.DRIFTED, a_plan(key=key, drift=(POLICY,)))


def calls(key: StackKey = ORDERS, *made: DriftEvent) -> Calls:
    return {key: made or (CALL,)}


def opened(*found: DriftNotification) -> dict[str, Ticket]:
    return {n.key: Ticket(n.key, "7", n.digest, n.title) for n in found}


def test_who_called_what_when_and_where_is_said_when_the_ticket_is_opened() -> None:
    [step] = happened([drifted()], calls(), {}, frozenset())

    assert step.move is Move.OPEN
    for said in ("jane@example.com", "iam:TagRole", "2026-06-01 12:00:00", "orders", "us-east-1"):
        assert said in step.remark


def test_the_next_drift_check_has_nothing_to_change_in_the_ticket() -> None:
    [step] = happened([drifted()], calls(), {}, frozenset())
    assert step.notification

    assert steps(notifications([drifted()]), opened(step.notification), frozenset()) == ()


def test_a_ticket_that_is_open_already_gets_a_remark_and_never_a_second_one_beside_it() -> None:
    tickets = opened(*notifications([drifted(PAYMENTS), drifted(ORDERS)]))

    [step] = happened([drifted()], calls(), tickets, frozenset())

    assert step.move is Move.REMARK
    assert step.ticket == next(iter(tickets.values()))


def test_an_event_that_comes_twice_is_told_once() -> None:
    tickets = opened(*notifications([drifted()]))

    assert happened([drifted()], calls(), tickets, frozenset({"e1"})) == ()


def test_a_stack_that_could_not_be_looked_at_is_told_with_the_call_that_made_it_a_suspect() -> None:
    denied = StackResult(ORDERS, Outcome.DENIED, reason="look: AccessDenied")

    [step] = happened([denied], calls(), {}, frozenset())

    assert "could not be checked" in (step.notification.title if step.notification else "")
    assert "jane@example.com" in step.remark


def test_what_is_in_sync_is_not_worth_a_word() -> None:
    assert happened([StackResult(ORDERS, Outcome.IN_SYNC)], calls(), {}, frozenset()) == ()


def test_names_that_people_choose_are_no_markup() -> None:
    evil = replace(CALL, who="`](https://example.com) @everyone <img src=x>\n# head")

    [step] = happened([drifted()], calls(ORDERS, evil), {}, frozenset())

    assert step.remark.count("\n") == 0
    assert not step.remark.startswith("- `]")


def test_many_calls_are_counted_and_not_all_shown() -> None:
    many = [replace(CALL, uid=f"e{number}") for number in range(50)]

    [step] = happened([drifted()], calls(ORDERS, *many), {}, frozenset())

    assert step.remark.splitlines()[-1] == "- and 30 more calls"
