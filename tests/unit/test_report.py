from __future__ import annotations

from pathlib import Path

import pytest

from tests.report import Count, count, main

PASSED = '<testsuites><testsuite tests="5" failures="1" errors="1" skipped="1"/></testsuites>'
EMPTY = '<testsuites><testsuite tests="0" failures="0" errors="0" skipped="0"/></testsuites>'
GOOD = '<testsuites><testsuite tests="3" failures="0" errors="0" skipped="0"/></testsuites>'


def test_an_error_outside_of_a_test_counts_as_failed() -> None:
    assert count(PASSED) == Count(passed=2, failed=2, skipped=1)


def test_the_last_line_counts_the_tests_of_every_suite(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_report(tmp_path, "test", "unit", GOOD)
    a_report(tmp_path, "long", "long", GOOD)

    assert main(["test", "long"], tmp_path) == 0
    assert capsys.readouterr().out == "6 passed, 0 failed, 0 skipped\n"


def test_a_failed_test_fails_the_whole(tmp_path: Path) -> None:
    a_report(tmp_path, "test", "unit", GOOD)
    a_report(tmp_path, "test", "modules", PASSED)

    assert main(["test"], tmp_path) == 1


def test_a_run_without_tests_is_not_a_success(tmp_path: Path) -> None:
    a_report(tmp_path, "test", "unit", EMPTY)

    assert main(["test"], tmp_path) == 1
    assert main(["never-ran"], tmp_path) == 1


def test_an_earlier_run_can_be_forgotten(tmp_path: Path) -> None:
    a_report(tmp_path, "test", "unit", GOOD)

    assert main(["--forget", "test"], tmp_path) == 0
    assert main(["test"], tmp_path) == 1


def a_report(folder: Path, suite: str, part: str, xml: str) -> None:
    (folder / suite).mkdir(exist_ok=True)
    (folder / suite / f"{part}.xml").write_text(xml, "utf-8")
