from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.adapters.journal.reader import read
from orchestrator.model.events import (
    GroupEnded,
    GroupStarted,
    Halted,
    StackEnded,
    StageEnded,
    StageStarted,
)
from orchestrator.model.history import History, Status
from orchestrator.model.run import Lifted, Outcome, StackResult
from orchestrator.views import histories
from tests.unit.adapters.journal.lines import ORDERS, PAYMENTS, RUN, WEB, a_journal, some_inputs

LIFTED = Lifted("New region, SEC-1300", ("reaches 4 accounts",))


@pytest.fixture
def run(tmp_path: Path) -> History:
    said = (
        GroupStarted("wave everyone", 3),
        StageStarted(ORDERS, "apply"),
        StageEnded(ORDERS, "apply", 2.0, "1 create"),
        StackEnded(StackResult(ORDERS, Outcome.APPLIED)),
        StageStarted(PAYMENTS, "apply"),
        StageEnded(PAYMENTS, "apply", 4.0, "failed"),
        StackEnded(StackResult(PAYMENTS, Outcome.FAILED, reason="apply: no\nway")),
        GroupEnded("wave everyone", 1, 6.5),
        Halted("one stack before it failed"),
        StackEnded(StackResult(WEB, Outcome.SKIPPED, reason="one stack before it failed")),
    )
    return read(a_journal(tmp_path, replace(some_inputs(), lifted=LIFTED), said), lambda _: DIED)


DIED = Status.DIED


def test_a_run_is_shown_with_inputs_groups_times_and_troubles(run: History) -> None:
    assert histories.text(run) == "\n".join(
        [
            f"run {RUN}: apply, ended, exit code 5; 1 applied, 1 failed, 1 skipped",
            "  started       2026-06-01 12:00:00 UTC for 12 s",
            "  by            somebody on a-host",
            "  selection     all",
            "  options       tolerate=2",
            "  revision      cccccccccccc",
            "  versions      orchestrator 0.1.0, Terraform 1.11.4, AWS provider 5.100.0",
            "  lifted        reaches 4 accounts: New region, SEC-1300",
            "  halted        one stack before it failed",
            "",
            "wave everyone: 3 stacks, 6.5 s, 1 failed",
            "",
            "apply        2 times, median 4.0 s, longest 4.0 s",
            "",
            "payments/account  failed",
            "    apply: no",
            "    way",
            "web/account  skipped",
            "    one stack before it failed",
        ]
    )


def test_runs_are_listed_with_state_and_counts(run: History) -> None:
    again = replace(
        run,
        status=DIED,
        ending=None,
        inputs=replace(run.inputs, run="20260601-130000-beef", resumes=RUN),
        stacks={ORDERS: replace(run.stacks[ORDERS], outcome=None)},
    )

    assert histories.table([again, run]) == "\n".join(
        [
            "run                   command  started (UTC)        state  stacks",
            "20260601-130000-beef  apply    2026-06-01 12:00:00  died   "
            f"1 interrupted  (resumes {RUN})",
            f"{RUN}  apply    2026-06-01 12:00:00  ended  1 applied, 1 failed, 1 skipped",
        ]
    )
    assert histories.table([]) == "no run is kept here"


def test_as_json_a_list_of_runs_is_one_document(run: History) -> None:
    document = json.loads(histories.table_json([run]))

    assert document["version"] == 1
    assert document["runs"] == [
        {
            "run": RUN,
            "command": "apply",
            "started": "2026-06-01T12:00:00+00:00",
            "state": "ended",
            "exit_code": 5,
            "counts": {"applied": 1, "failed": 1, "skipped": 1},
            "stacks": 3,
            "resumes": None,
        }
    ]


def test_as_json_a_run_has_every_stack(run: History) -> None:
    document = json.loads(histories.as_json(run))

    assert [stack["outcome"] for stack in document["results"]] == ["applied", "failed", "skipped"]
    assert document["results"][0]["stages"] == [
        {"stage": "apply", "seconds": 2.0, "note": "1 create"}
    ]
    assert document["lifted"] == {"reason": LIFTED.reason, "limits": list(LIFTED.limits)}
    assert document["ground"]["provider"] == "5.100.0"


def test_markdown_holds_what_a_name_or_reason_would_break(run: History) -> None:
    hostile = replace(run.stacks[PAYMENTS], reasons=("a | b <script> `x`",))

    page = histories.markdown(replace(run, stacks={**run.stacks, PAYMENTS: hostile}))

    assert "<script>" not in page
    assert page.startswith(f"### run {RUN}: apply, ended\n")
    assert "**payments/account**: failed" in page


def test_of_a_run_that_goes_on_what_is_under_way_is_shown(run: History) -> None:
    stacks = {
        ORDERS: replace(run.stacks[ORDERS], outcome=None, begun=("plan", "apply")),
        WEB: replace(run.stacks[WEB], outcome=None, reasons=(), begun=()),
    }

    said = histories.text(replace(run, status=Status.RUNNING, ending=None, stacks=stacks))

    assert "apply, running; 2 without a result" in said
    assert said.endswith("orders/account  in apply")


def test_what_is_lost_of_a_journal_is_said(run: History) -> None:
    said = histories.text(replace(run, garbled=("line 3 is garbled: no",), torn="line 9 is torn"))

    assert "  journal       line 3 is garbled: no\n  journal       line 9 is torn" in said


def test_an_account_that_was_left_alone_is_shown_with_the_reason(tmp_path: Path) -> None:
    why = "set aside until 2026-06-30 by orders: The team moves it."
    aside = StackEnded(StackResult(ORDERS, Outcome.SET_ASIDE, reason=why))

    shown = histories.text(read(a_journal(tmp_path, some_inputs(), (aside,)), lambda _: DIED))

    assert f"orders/account  set aside\n    {why}" in shown
