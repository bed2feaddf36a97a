"""Counts the tests of several pytest runs, from the JUnit files they left in `.reports/`.

python -m tests.report SUITE…            one line for all of them; 1 when one failed or none ran
python -m tests.report --forget SUITE…   remove what earlier runs left
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

REPORTS = Path(__file__).parents[1] / ".reports"


@dataclass(frozen=True, slots=True)
class Count:
    """Tests by what came of them; an error outside of a test counts as a failed test."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def good(self) -> bool:
        """Nothing failed, and something ran: an empty run has shown nothing."""
        return self.failed == 0 and self.passed > 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def count(xml: str) -> Count:
    """The tests of one JUnit document. pytest counts expected failures among the skipped."""
    total = Count()
    root = ElementTree.fromstring(xml)  # noqa: S314  pytest wrote it a moment ago
    for suite in root.iter("testsuite"):
        tests, skipped = int(suite.attrib["tests"]), int(suite.attrib["skipped"])
        failed = int(suite.attrib["failures"]) + int(suite.attrib["errors"])
        total += Count(max(tests - failed - skipped, 0), failed, skipped)
    return total


def count_files(files: Iterable[Path]) -> Count:
    """The tests of all `files`."""
    return sum((count(file.read_text("utf-8")) for file in files), Count())


def main(arguments: Sequence[str], reports: Path = REPORTS) -> int:
    """Do what the command line asks, and return the exit code."""
    forget = arguments[:1] == ["--forget"]
    folders = [reports / suite for suite in arguments if not suite.startswith("--")]
    if forget:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        return 0
    total = count_files(file for folder in folders for file in sorted(folder.glob("*.xml")))
    print(total)  # noqa: T201  its one line of output
    return 0 if total.good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
