"""Documents and journals as earlier versions wrote them, one file of each.

2026-11-23 has no numbers of values and no places, and `checked` in its documents alone. Version 1
has violations as texts. Version 2 had no values of changes at first.
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestrator.adapters.journal.runs import KeptRuns
from orchestrator.documents import events, read_line, read_run
from orchestrator.documents.run import as_json, changes_of
from orchestrator.model.events import (
    Ending,
    Entry,
    Event,
    GroupEnded,
    GroupStarted,
    Halted,
    Inputs,
    Origin,
    Planned,
    RunStarted,
    StackEnded,
    StageEnded,
    StageStarted,
    Stored,
    ToolVersions,
    Waiting,
)
from orchestrator.model.organization import Place
from orchestrator.model.plan import Action, ValueChange, Verdict, Violation
from orchestrator.model.run import (
    Answer,
    Checked,
    How,
    Kind,
    Lifted,
    Outcome,
    Probe,
    StackResult,
)
from orchestrator.model.settings import Severity
from tests.builders import DIGEST, a_key, an_account

RECORDED = Path(__file__).with_name("recorded")
OLDEST, TEXTS, NAMES, NEWEST = ALL = (
    "2026-11-23", "version-1", "version-2", "version-2-values",
)  # fmt: skip
RUN = "20260601-120000-abcd"
AT = datetime(2026, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)
TO_THE_SECOND = AT.replace(microsecond=0)
ACCOUNT = an_account(6, "orders")
ORDERS, PAYMENTS, WEB = (
    a_key(account) for account in (ACCOUNT, an_account(7, "payments"), an_account(8, "web"))
)
LIFTED = Lifted("an emergency", ("growth",))
NO = 'two\nlines, "quoted", 日本'
GROUPS = (("wave canary", (ORDERS,)), ("wave everyone", (PAYMENTS, WEB)))


VALUES = (
    ValueChange("policy.Statement[Read].Action", '"s3:Get*"', '"s3:GetObject"'),
    ValueChange("tags.owner", "", '"orders"'),
)


def checked(exact_at: datetime) -> Checked:
    named = (("aws_x.y (z)",), ("aws_x.n",), ("aws_x.f",))
    return Checked(How.EXACT, exact_at, "it differs", tuple(Kind), *named)


def document(name: str) -> str:
    return (RECORDED / f"{name}.json").read_text("utf-8")


def lines(name: str) -> list[str]:
    return (RECORDED / f"{name}.journal").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", ALL)
def test_a_document_is_read_whichever_version_wrote_it(name: str) -> None:
    run = read_run(document(name))
    refused, drifted, failed = run.results

    assert (run.id, run.command, run.started) == (RUN, "apply", "2026-06-01T12:00:00+00:00")
    assert (run.seconds, run.lifted, run.group_of) == (12.346, LIFTED, {ORDERS: "wave canary"})
    assert [result.key for result in run.results] == [ORDERS, PAYMENTS, WEB]
    assert refused.violations == (
        Violation("CKV_AWS_18", "aws_s3_bucket.logs", "access logging is off", Severity.HIGH),
        Violation(
            "CKV_X", 'aws_s3_bucket.this["a: \\"b\\" (low) c: d"]', "open: to all", severity=None
        ),
    )
    assert refused.plan is not None
    assert [change.action for change in refused.plan.changes] == [Action.CREATE, Action.REPLACE]
    assert refused.plan.changes[0].attributes == ("acl",)
    assert refused.verdict == Verdict(None, ("destroys 1 resource",))
    assert refused.probes == (Probe("hub", Answer.DENIED, "no"),)
    assert (refused.reason, refused.seconds) == ("gate: no", {"plan": 1.235})
    assert drifted.plan is not None
    assert (len(drifted.plan.drift), drifted.plan.changes) == (1, ())
    assert drifted.checked == checked(TO_THE_SECOND)
    assert failed == StackResult(
        WEB, Outcome.FAILED, reason=NO, seconds={"init": 2.0, "plan": 14.2}
    )


@pytest.mark.parametrize("name", ALL)
def test_what_is_younger_than_a_document_is_empty(name: str) -> None:
    run = read_run(document(name))
    place = {ACCOUNT.id: Place("account_configs/ous/workloads/orders.yaml", 3)}

    assert run.configured_at == ({} if name == OLDEST else place)
    assert run.overrides == (() if name == OLDEST else ("overrides/modules/x",))
    change = changes_of(run.results[0])[0]
    assert (change.values, change.more) == ((VALUES, 3) if name == NEWEST else ((), 0))


def test_values_are_told_apart_by_the_numbers_of_a_document_that_has_them() -> None:
    told = {
        name: [change.normalized for result in read_run(document(name)).results if result.plan
               for change in (*result.plan.changes, *result.plan.drift)]
        for name in (OLDEST, NAMES)
    }  # fmt: skip

    assert told == {OLDEST: [(), (), ()], NAMES: [(), (), (("values", "1"),)]}


@pytest.mark.parametrize("name", ALL)
def test_a_run_that_left_its_document_alone_has_its_history(name: str, tmp_path: Path) -> None:
    shutil.copy(RECORDED / f"{name}.json", tmp_path / f"{RUN}.json")

    history = KeptRuns(tmp_path).history(RUN)

    assert history.inputs == Inputs(
        RUN, "apply", "", {}, (("", (ORDERS, PAYMENTS, WEB)),), {}, lifted=LIFTED
    )
    assert history.started == TO_THE_SECOND
    assert history.stacks[ORDERS].reasons == ("destroys 1 resource", "gate: no")
    assert history.ending == Ending(
        5, {Outcome.REFUSED: 1, Outcome.DRIFTED: 1, Outcome.FAILED: 1}, 12.346
    )


def test_the_exit_code_of_a_document_stands_whatever_its_outcomes_mean_today(
    tmp_path: Path,
) -> None:
    older = {**json.loads(document(TEXTS)), "exit_code": 7}
    (tmp_path / f"{RUN}.json").write_text(json.dumps(older))

    ending = KeptRuns(tmp_path).history(RUN).ending

    assert ending is not None
    assert ending.exit_code == 7


@pytest.mark.parametrize("name", ALL)
def test_every_line_of_a_journal_is_read_whichever_version_wrote_it(name: str) -> None:
    compared = None if name == OLDEST else checked(AT)
    said: tuple[Inputs | Event | Stored | Ending, ...] = (
        Inputs(
            RUN,
            "apply",
            "ou:workloads",
            {"width": None, "tolerate": 2, "share": 0.5, "yes": True, "why": "because"},
            GROUPS,
            dict.fromkeys((ORDERS, PAYMENTS, WEB), DIGEST),
            {"account_baseline": "m" * 64},
            ToolVersions("0.1.0", "Terraform 1.11.4", "5.100.0", "l" * 64, "p" * 64),
            Origin("somebody", "a-host", 4711, 1780000000, "c" * 40),
            LIFTED,
            "20260531-120000-abcd",
        ),
        RunStarted(RUN, "apply", GROUPS),
        GroupStarted("wave canary", 1),
        StageStarted(ORDERS, "plan"),
        StageEnded(ORDERS, "plan", 1.235, "6 create"),
        Planned(ORDERS, DIGEST, "lineage:3"),
        StackEnded(
            StackResult(
                ORDERS,
                Outcome.REFUSED,
                verdict=Verdict(None, ("destroys 1 resource",)),
                reason="gate: no",
                seconds={"plan": 1.235},
            )
        ),
        StackEnded(StackResult(PAYMENTS, Outcome.DRIFTED, checked=compared)),
        StackEnded(
            StackResult(WEB, Outcome.FAILED, reason=NO, seconds={"init": 2.0, "plan": 14.2})
        ),
        GroupEnded("wave canary", 1, 2.56789),
        Waiting("bake time", 300.0),
        Halted("3 failures"),
        Stored(DIGEST),
        Ending(4, {Outcome.DRIFTED: 1, Outcome.FAILED: 1, Outcome.REFUSED: 1}, 12.346, "Bug: oops"),
    )

    assert [read_line(line) for line in lines(name)] == [Entry(AT, each) for each in said]


def test_what_is_written_today_is_written_as_it_was() -> None:
    assert [events.line(read_line(line)) for line in lines(NEWEST)] == lines(NEWEST)
    assert as_json(read_run(document(NEWEST))) + "\n" == document(NEWEST)
