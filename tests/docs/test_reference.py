from __future__ import annotations

import re

import pytest

from docs.reference.generate import HERE, PAGES
from orchestrator.model.exit_code import ExitCode
from tests.docs.pages import ROOT, pages


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_what_the_code_says(name: str) -> None:
    assert (HERE / name).read_text("utf-8") == PAGES[name](), "run: make reference"


def test_the_readme_names_every_exit_code_once() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme.partition("## Exit codes")[2].partition("\n## ")[0]

    named = [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)]

    assert named == [int(code) for code in ExitCode]


def test_every_variable_of_ours_is_documented_and_no_other() -> None:
    variable = re.compile(r"\bORCHESTRATOR_[A-Z_]+\b")
    code = {
        name
        for file in (ROOT / "orchestrator").rglob("*.py")
        for name in variable.findall(file.read_text("utf-8"))
    }
    documented = {name for page in pages() for name in variable.findall(page.read_text("utf-8"))}

    assert documented == code
