"""Decisions and changes are kept in their form."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.docs.pages import ROOT

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
HEADINGS = ["## Context", "## Choice", "## Consequences"]


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(file.name.partition("-")[0]) for file in DECISIONS]

    assert numbers == list(range(1, len(DECISIONS) + 1))


def test_every_decision_has_a_date_a_context_a_choice_and_consequences() -> None:
    formless = []
    for file in DECISIONS:
        text = file.read_text("utf-8")
        title = re.match(rf"# {file.name[:4]}: \S.*\n\n\d{{4}}-\d\d-\d\d\b", text)
        if not title or re.findall(r"^## .*$", text, re.MULTILINE) != HEADINGS:
            formless.append(file.name)

    assert formless == []


def test_the_fragments_make_a_changelog() -> None:
    draft = subprocess.run(
        [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "next"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    fragments = [f for f in (ROOT / "changes").iterdir() if f.name not in {".gitignore"}]

    assert draft.returncode == 0, draft.stderr
    for fragment in fragments:
        assert fragment.read_text("utf-8").split("\n")[0] in draft.stdout, fragment.name
