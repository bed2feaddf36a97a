"""The tour is taken: each of its commands, in its order, in a project of its own."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "docs" / "getting-started" / "tour.md"
LINE = re.compile(r"^\$ orchestrator (?P<words>.+?)(?:  # ends with (?P<code>\d+))?$", re.MULTILINE)
PARTS = ("account_configs", "modules", "policies", "schemas", "terraform")

pytestmark = [pytest.mark.terraform, pytest.mark.long]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tour")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)
    return folder


def steps() -> list[tuple[str, int]]:
    lines = (match for block in blocks(PAGE) for match in LINE.finditer(block.text))
    return [(match["words"], int(match["code"] or 0)) for match in lines]


def test_every_step_of_the_tour_ends_as_the_page_says(project: Path) -> None:
    walked = []
    try:
        for words, code in steps():
            walked.append((words, code, orchestrator(project, words)))
    finally:
        orchestrator(project, "sandbox stop")
    assert [(words, ended) for words, _, ended in walked] == [(w, code) for w, code, _ in walked]
    assert "<h1>" in (project / "tour-report.html").read_text("utf-8")


def orchestrator(project: Path, words: str) -> int:
    argv = [sys.executable, "-m", "orchestrator", *shlex.split(words)]
    return subprocess.run(argv, cwd=project, check=False, timeout=900).returncode
