"""README.ja.md says what README.md says: the same commands, codes, limits and rows of tables."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT, SHELLS, blocks, commands

ENGLISH, JAPANESE = ROOT / "README.md", ROOT / "README.ja.md"
REPORT_IN_JAPANESE = ("orchestrator", "report", "--language", "ja", "--out", "report.html")


def test_both_show_the_same_commands() -> None:
    english, japanese = (
        [
            command.words
            for block in blocks(page)
            if block.language in SHELLS
            for command in commands(block)
        ]
        for page in (ENGLISH, JAPANESE)
    )

    assert japanese == [*english, REPORT_IN_JAPANESE]


def test_both_have_as_many_limits() -> None:
    english = section(ENGLISH.read_text("utf-8"), "What it does not do")
    japanese = section(JAPANESE.read_text("utf-8"), "しないこと")

    assert english.count("\n- ") == japanese.count("\n- ") > 0


def test_both_have_tables_of_the_same_rows() -> None:
    english, japanese = (
        re.findall(r"^\| ([\d`a-z_/]*)", page.read_text("utf-8"), re.MULTILINE)
        for page in (ENGLISH, JAPANESE)
    )

    assert len(english) == len(japanese)
    assert [code for code in english if code.isdigit()] == [
        code for code in japanese if code.isdigit()
    ]
    assert [path for path in english if path.startswith("`")] == [
        path for path in japanese if path.startswith("`")
    ]


def section(text: str, heading: str) -> str:
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
