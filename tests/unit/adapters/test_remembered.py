from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from orchestrator.adapters.files import Remembered


def asking(answers: list[str]) -> Callable[[], str]:
    return lambda: answers.pop(0)


def test_what_was_found_out_about_a_file_is_not_found_out_again(tmp_path: Path) -> None:
    file = tmp_path / "program"
    file.write_text("one")
    answers = ["first", "second"]

    found = [Remembered(tmp_path / "kept").of("v", [file], asking(answers)) for _ in range(3)]

    assert found == ["first"] * 3


def test_a_file_of_the_same_size_and_time_that_was_written_to_is_looked_at_again(
    tmp_path: Path,
) -> None:
    file, remembered, answers = tmp_path / "program", Remembered(tmp_path / "kept"), ["1", "2"]
    file.write_text("one")
    before = file.stat()
    remembered.of("v", [file], asking(answers))
    time.sleep(0.02)
    file.write_text("two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert remembered.of("v", [file], asking(answers)) == "2"


def test_questions_and_files_are_kept_apart(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("same")
    two.write_text("same")
    remembered, answers = Remembered(tmp_path / "kept"), ["1", "2", "3"]

    found = [
        remembered.of("v", [one], asking(answers)),
        remembered.of("v", [two], asking(answers)),
        remembered.of("w", [one], asking(answers)),
    ]

    assert found == ["1", "2", "3"]


def test_without_a_folder_to_keep_it_in_it_is_found_out_each_time(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("in the way")
    remembered, answers = Remembered(tmp_path / "kept"), ["1", "2"]

    assert [remembered.of("v", [tmp_path], asking(answers)) for _ in range(2)] == ["1", "2"]
