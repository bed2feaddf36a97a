from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.app.ci.merged_run import complete, merged
from orchestrator.errors import UsageError
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.run import Outcome, Run, StackResult
from tests.builders import a_key, an_account

ORDERS, PAYMENTS, WEB = (
    a_key(an_account(n, name)) for n, name in ((6, "orders"), (7, "payments"), (8, "web"))
)


def a_run(number: int, *results: StackResult, command: str = "drift") -> Run:
    started = f"2026-06-01T00:0{number}:00+00:00"
    return Run(f"20260601-000{number}00-abc{number}", command, started, 90.0, results)


SECOND = a_run(2, StackResult(PAYMENTS, Outcome.DENIED), StackResult(WEB, Outcome.DRIFTED))
FIRST = a_run(1, StackResult(ORDERS, Outcome.IN_SYNC))


def test_the_merged_run_ends_as_the_worst_of_its_parts() -> None:
    run = merged([SECOND, FIRST])

    assert [result.key for result in run.results] == [ORDERS, PAYMENTS, WEB]
    assert run.exit_code is ExitCode.AWS_DENIED
    assert (run.started, run.seconds) == (FIRST.started, 150.0)
    assert run.id.startswith("20260601-000100-")
    assert run == merged([FIRST, SECOND])


def test_what_no_shard_tells_of_is_skipped_and_never_good() -> None:
    run = merged([FIRST], expected=[ORDERS, WEB])

    assert [(r.key, r.outcome) for r in run.results] == [
        (ORDERS, Outcome.IN_SYNC),
        (WEB, Outcome.SKIPPED),
    ]
    assert run.exit_code is ExitCode.INCOMPLETE
    assert not complete(run, [ORDERS, WEB])
    assert complete(run, [ORDERS])


def test_a_single_run_stays_as_it_is() -> None:
    assert merged([FIRST]) is FIRST


def test_an_account_that_was_renamed_meanwhile_is_the_same() -> None:
    assert merged([FIRST], expected=[replace(ORDERS, account_name="shop")]) is FIRST


@pytest.mark.parametrize(
    ("runs", "what"),
    [
        ([], "no run is named"),
        ([FIRST, a_run(3, command="plan")], "runs of drift and plan are not parts of one run"),
        ([FIRST, a_run(3, StackResult(ORDERS, Outcome.DRIFTED))], "more than one run tells of"),
    ],
)
def test_what_is_no_part_of_one_run_is_not_merged(runs: list[Run], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        merged(runs)
