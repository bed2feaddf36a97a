from __future__ import annotations

import pytest

from orchestrator.drift.suspects import examine
from orchestrator.errors import AwsDenied
from orchestrator.model.drift import Reading, Suspect, Unread
from orchestrator.model.plan import Action
from orchestrator.model.run import How, Outcome
from tests.builders import DIGEST, a_baseline, a_change, a_job, a_key, a_reading
from tests.fakes import FakeBaselines, FakeReader, FakeSessions, FakeTerraform, some_ports

BUCKET = "aws_s3_bucket.logs"
CHANGE = a_change(Action.UPDATE, BUCKET)
SUSPECTS = (Suspect(frozenset({"aws_s3_bucket"}), frozenset({"logs"})),)


def with_baseline() -> FakeBaselines:
    return FakeBaselines({a_key(): a_baseline(a_reading({BUCKET: DIGEST, "other": "o"}))})


def test_a_suspect_that_is_as_it_was_found_is_no_drift_and_needs_no_plan() -> None:
    reader, terraform = FakeReader(a_reading({BUCKET: DIGEST})), FakeTerraform()
    ports = some_ports(terraform=terraform, reader=reader, baselines=with_baseline())

    result = examine(a_job(), SUSPECTS, ports)

    assert result.outcome is Outcome.IN_SYNC
    assert result.checked
    assert result.checked.how is How.READ
    assert reader.only == SUSPECTS
    assert terraform.calls == []


def test_a_suspect_that_differs_is_planned_and_the_plan_decides() -> None:
    reader = FakeReader(a_reading({BUCKET: "another"}))
    for drift, outcome in (((CHANGE,), Outcome.DRIFTED), ((), Outcome.IN_SYNC)):
        terraform = FakeTerraform(drift=drift)
        ports = some_ports(terraform=terraform, reader=reader, baselines=with_baseline())

        result = examine(a_job(), SUSPECTS, ports)

        assert result.outcome is outcome
        assert result.checked
        assert (result.checked.how, result.checked.why) == (How.EXACT, f"{BUCKET} differs")


def test_without_a_comparable_baseline_the_state_is_the_measure() -> None:
    for reading, why in (
        (a_reading({BUCKET: "x"}, serial=9), ""),
        (a_reading({BUCKET: DIGEST}, serial=9, unsettled=(BUCKET,)), f"{BUCKET} differs"),
    ):
        ports = some_ports(reader=FakeReader(reading), baselines=with_baseline())

        result = examine(a_job(), SUSPECTS, ports)

        assert result.checked
        assert result.checked.why == why


def test_a_forged_baseline_hides_nothing() -> None:
    reader = FakeReader(a_reading({BUCKET: DIGEST}, unsettled=(BUCKET,)))
    terraform = FakeTerraform(drift=(CHANGE,))
    ports = some_ports(terraform=terraform, reader=reader, baselines=with_baseline())

    assert examine(a_job(), SUSPECTS, ports).outcome is Outcome.DRIFTED


def test_a_call_about_something_that_the_stack_does_not_have_is_no_drift() -> None:
    ports = some_ports(reader=FakeReader(a_reading({})), baselines=with_baseline())

    result = examine(a_job(), SUSPECTS, ports)

    assert (result.outcome, result.checked and result.checked.why) == (
        Outcome.IN_SYNC,
        "none of its resources",
    )


@pytest.mark.parametrize("reading", [Unread("the state is encrypted"), None])
def test_whatever_cannot_be_read_or_mapped_is_planned(reading: Reading | Unread | None) -> None:
    reader = FakeReader(reading or a_reading())
    ports = some_ports(terraform=FakeTerraform(drift=(CHANGE,)), reader=reader)

    result = examine(a_job(), SUSPECTS if reading else None, ports)

    assert result.outcome is Outcome.DRIFTED
    assert reader.reads == (1 if reading else 0)


def test_an_account_that_does_not_let_us_in_is_denied_and_never_in_sync() -> None:
    ports = some_ports(
        reader=FakeReader(failing=AwsDenied("200000000006", "plan", "iam:GetRole", "no")),
        baselines=with_baseline(),
    )

    assert examine(a_job(), SUSPECTS, ports).outcome is Outcome.DENIED


def test_a_stack_that_was_never_applied_is_skipped() -> None:
    ports = some_ports(sessions=FakeSessions(applied=False))

    assert examine(a_job(), SUSPECTS, ports).outcome is Outcome.SKIPPED
