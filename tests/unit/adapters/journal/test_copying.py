from __future__ import annotations

import threading
from pathlib import Path

from orchestrator.adapters.journal.writer import Copies, JournalFile
from orchestrator.model.events import GroupEnded
from tests.fakes import NOW
from tests.unit.adapters.journal.lines import some_inputs


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
