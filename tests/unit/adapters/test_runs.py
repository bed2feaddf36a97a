from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.adapters.runs import KeptRuns
from orchestrator.errors import UsageError
from orchestrator.model.run import Outcome, Run, StackResult
from orchestrator.views.run import as_json
from tests.builders import a_key, an_account

ORDERS, PAYMENTS = a_key(an_account(6, "orders")), a_key(an_account(7, "payments"))


def keep(folder: Path, id_: str, command: str = "apply", *results: StackResult) -> None:
    run = Run(id_, command, "2026-06-01T00:00:00+00:00", 1.0, results)
    (folder / f"{id_}.json").write_text(as_json(run))


def test_a_run_is_read_as_it_was_kept(tmp_path: Path) -> None:
    results = (StackResult(ORDERS, Outcome.APPLIED), StackResult(PAYMENTS, Outcome.DENIED))
    keep(tmp_path, "20260601-000000-abcd", "apply", *results)

    assert KeptRuns(tmp_path).runs() == ("20260601-000000-abcd",)
    assert KeptRuns(tmp_path).outcomes("20260601-000000-abcd") == {
        ORDERS: Outcome.APPLIED,
        PAYMENTS: Outcome.DENIED,
    }


def test_the_last_run_of_a_command_is_not_that_of_another(tmp_path: Path) -> None:
    keep(tmp_path, "1", "apply", StackResult(ORDERS, Outcome.APPLIED))
    keep(tmp_path, "2", "plan", StackResult(PAYMENTS, Outcome.PLANNED))

    last = KeptRuns(tmp_path).last("apply")

    assert last is not None
    assert set(last.outcomes) == {ORDERS}
    assert KeptRuns(tmp_path).last("drift") is None


def test_without_a_folder_there_are_no_runs(tmp_path: Path) -> None:
    assert KeptRuns(tmp_path / "none").runs() == ()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}', '{"version": 1, "stacks": 3}'])
def test_a_file_that_is_not_a_run_is_never_taken_for_an_empty_one(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "torn.json").write_text(text)

    with pytest.raises(UsageError, match=r"torn\.json cannot be read"):
        KeptRuns(tmp_path).outcomes("torn")
