from __future__ import annotations

from dataclasses import replace

from orchestrator.model.plan import Action, Change
from orchestrator.model.run import Outcome, StackResult
from orchestrator.views.run import lines
from tests.builders import a_key, a_plan
from tests.unit.drift.test_notifications_of_events import CALL

KEY = a_key()
POLICY = Change("module.a.aws_iam_role.x", "aws_iam_role", Action.UPDATE, ("tags",))
DRIFTED = StackResult(KEY, Outcome.DRIFTED, a_plan(key=KEY, drift=(POLICY,)))


def test_below_a_stack_that_has_drifted_stand_the_change_and_who_called_what() -> None:
    stack, change, call = lines([DRIFTED], {KEY: (CALL,)})

    assert stack == "orders/account drifted"
    assert "module.a.aws_iam_role.x" in change
    assert "2026-06-01 12:00:00 UTC iam:TagRole by jane@example.com" in call


def test_a_stack_in_sync_is_one_line() -> None:
    assert list(lines([StackResult(KEY, Outcome.IN_SYNC)], {KEY: (CALL,)})) == [
        "orders/account in sync"
    ]


def test_no_name_that_somebody_chose_moves_the_cursor_of_a_terminal() -> None:
    evil = replace(CALL, who="jane\x1b[2J\r\nroot")

    assert all(line.isprintable() for line in lines([DRIFTED], {KEY: (evil,)}))
