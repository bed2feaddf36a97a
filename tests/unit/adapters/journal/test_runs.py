from __future__ import annotations

import threading
from pathlib import Path

import pytest

from orchestrator.adapters.journal.runs import Copies, JournalFile, KeptRuns
from orchestrator.documents.run import as_json
from orchestrator.errors import UsageError
from orchestrator.model.events import GroupEnded, StackEnded
from orchestrator.model.history import Status
from orchestrator.model.run import Outcome, Run, StackResult
from tests.fakes import NOW
from tests.unit.adapters.journal.lines import ORDERS, PAYMENTS, RUN, WEB, a_journal, some_inputs


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


def test_a_killed_run_has_a_journal_only_and_its_outcomes_are_known(tmp_path: Path) -> None:
    a_journal(tmp_path, said=(StackEnded(StackResult(ORDERS, Outcome.APPLIED)),), end=False)

    outcomes = KeptRuns(tmp_path, lambda _origin: Status.DIED).outcomes(RUN)

    assert outcomes == {ORDERS: Outcome.APPLIED, PAYMENTS: Outcome.SKIPPED, WEB: Outcome.SKIPPED}


def test_a_run_that_has_not_ended_is_not_the_last_one(tmp_path: Path) -> None:
    keep(tmp_path, "1", "apply", StackResult(ORDERS, Outcome.APPLIED))
    a_journal(tmp_path, end=False)

    last = KeptRuns(tmp_path, lambda _origin: Status.DIED).last("apply")

    assert last is not None
    assert set(last.outcomes) == {ORDERS}


def test_the_last_run_reached_what_it_resumed_as_well(tmp_path: Path) -> None:
    done = (StackEnded(StackResult(ORDERS, Outcome.APPLIED)),)
    rest = (StackEnded(StackResult(PAYMENTS, Outcome.APPLIED)),)
    a_journal(tmp_path, some_inputs(ORDERS, PAYMENTS, run="1"), done, end=False)
    a_journal(tmp_path, some_inputs(PAYMENTS, run="2", resumes="1"), rest)

    last = KeptRuns(tmp_path, lambda _origin: Status.DIED).last("apply")

    assert last is not None
    assert last.outcomes == {ORDERS: Outcome.APPLIED, PAYMENTS: Outcome.APPLIED}


def test_a_run_has_one_id_however_many_files(tmp_path: Path) -> None:
    a_journal(tmp_path)
    keep(tmp_path, RUN, "apply", StackResult(ORDERS, Outcome.APPLIED))

    assert KeptRuns(tmp_path).runs() == (RUN,)


def test_a_document_stands_in_for_a_journal_that_cannot_be_read(tmp_path: Path) -> None:
    keep(tmp_path, RUN, "apply", StackResult(ORDERS, Outcome.APPLIED))
    (tmp_path / f"{RUN}.journal").write_text("nonsense\n")

    history = KeptRuns(tmp_path).history(RUN)

    assert history.outcomes == {ORDERS: Outcome.APPLIED}
    assert history.garbled


def test_a_journal_is_copied_as_groups_end_and_whole_at_the_end(tmp_path: Path) -> None:
    copies: list[tuple[str, bool]] = []

    def copy(file: Path, *, last: bool) -> None:
        copies.append((file.read_text(), last))

    journal = JournalFile(tmp_path / "r.journal", lambda: NOW, copy)
    journal.begin(some_inputs())

    journal.emit(GroupEnded("wave everyone", 0, 1.0))
    journal.end(2.0)

    assert [last for _, last in copies] == [False, True]
    assert copies[-1][0] == (tmp_path / "r.journal").read_text()


def test_nobody_waits_for_a_copy_but_the_end(tmp_path: Path) -> None:
    let_go, made = threading.Event(), list[str]()

    def slowly(file: Path, *, last: bool) -> None:
        let_go.wait(10)
        made.append(f"{file.name} {last}")

    copies, file = Copies(slowly), tmp_path / "r.journal"
    copies.begin(file)
    copies.begin(file)
    assert made == []
    let_go.set()
    copies.finish(file)

    assert made == ["r.journal False", "r.journal True"]
