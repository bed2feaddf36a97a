from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from orchestrator.documents.run import as_json
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.plan import Action, Verdict
from orchestrator.model.run import Answer, Checked, How, Kind, Outcome, Probe, Run, StackResult
from orchestrator.views import run as view
from tests.builders import DIGEST, a_change, a_key, a_plan, an_account


def a_run(*results: StackResult) -> Run:
    return Run("r-1", "plan", "2026-06-01T00:00:00Z", 12.3, results)


PLANNED = StackResult(
    a_key(), Outcome.PLANNED, a_plan(a_change(), a_change(Action.UPDATE)), verdict=Verdict(DIGEST)
)
REFUSED = StackResult(
    a_key(an_account(7, "payments")),
    Outcome.REFUSED,
    a_plan(a_change(Action.DELETE)),
    verdict=Verdict(None, ("destroys 1 resource, limit is 0",)),
)


def test_the_text_shows_each_change_each_reason_and_the_counts() -> None:
    text = view.text(a_run(PLANNED, REFUSED))

    assert "    + aws_s3_bucket.logs" in text
    assert "    refused: destroys 1 resource, limit is 0" in text
    assert text.endswith("run r-1: 1 planned, 1 refused (12 s)")


def test_what_is_on_its_way_is_told_with_a_stack_that_is_applied() -> None:
    probe = Probe("configuration policies have arrived", Answer.ON_ITS_WAY, "3 of 9 are PENDING")
    run = a_run(StackResult(a_key(), Outcome.APPLIED, a_plan(), probes=(probe,)))

    told = "configuration policies have arrived: on its way (3 of 9 are PENDING)"
    assert f"    {told}" in view.text(run).splitlines()
    assert "configuration policies have arrived: on its way" in view.markdown(run)
    assert run.exit_code is ExitCode.DONE


def test_the_json_is_one_document_with_a_version_and_the_exit_code() -> None:
    document = json.loads(as_json(a_run(PLANNED, REFUSED)))

    assert document["version"] == 2
    assert document["exit_code"] == ExitCode.GATE_REFUSED
    assert document["stacks"][1]["refused"] == ["destroys 1 resource, limit is 0"]


READ = StackResult(
    a_key(),
    Outcome.IN_SYNC,
    checked=Checked(How.READ, datetime(2026, 5, 31, 21, 0, tzinfo=UTC)),
)
EXACT = StackResult(
    a_key(an_account(7, "payments")),
    Outcome.DRIFTED,
    a_plan(drift=(a_change(Action.DELETE),)),
    checked=Checked(
        How.EXACT,
        datetime(2026, 6, 1, tzinfo=UTC),
        "aws_s3_bucket.logs differs",
        (Kind.GONE,),
        ("aws_iam_role.this (tagging)",),
    ),
)


def test_a_drift_check_says_how_it_was_done_and_how_old_the_last_plan_is() -> None:
    text = view.text(a_run(READ, EXACT))

    assert "in sync     read, planned 3 h ago" in text
    assert "drifted     1 delete; planned, aws_s3_bucket.logs differs" in text
    assert "    suppressed: aws_iam_role.this (tagging)" in text
    assert "read, planned 3 h ago" in view.markdown(a_run(READ))


def test_the_json_says_the_same_for_machines() -> None:
    read, exact, planned = json.loads(as_json(a_run(READ, EXACT, PLANNED)))["stacks"]

    assert read["checked"]["how"] == "read"
    assert read["checked"]["exact_at"] == "2026-05-31T21:00:00+00:00"
    assert exact["checked"]["why"] == "aws_s3_bucket.logs differs"
    assert exact["checked"]["kinds"] == ["resource gone"]
    assert exact["checked"]["suppressed"] == ["aws_iam_role.this (tagging)"]
    assert planned["checked"] is None


def test_an_account_name_cannot_become_markup() -> None:
    hostile = StackResult(a_key(an_account(9, "<img src=x>|[a](b)")), Outcome.APPLIED)

    text = view.markdown(a_run(hostile))

    assert "<img" not in text
    assert "&lt;img" in text
    assert "\\|\\[a\\]\\(b\\)" in text


def test_the_worst_outcome_gives_the_exit_code() -> None:
    drifted = StackResult(a_key(), Outcome.DRIFTED)

    assert a_run(PLANNED).exit_code is ExitCode.DONE
    assert a_run(PLANNED, drifted).exit_code is ExitCode.DRIFT
    assert a_run(drifted, REFUSED).exit_code is ExitCode.GATE_REFUSED


def test_what_the_project_has_put_in_the_product_s_place_is_named_in_every_view() -> None:
    run = replace(a_run(), overrides=("modules/account_baseline", "terraform/account/own"))

    assert "overrides: modules/account_baseline, terraform/account/own\n" in view.text(run)
    assert json.loads(as_json(run))["overrides"] == list(run.overrides)
    for command in ("plan", "apply"):
        assert (
            "With overrides: `modules/account_baseline`, `terraform/account/own`"
            in view.markdown(replace(run, command=command))
        )
