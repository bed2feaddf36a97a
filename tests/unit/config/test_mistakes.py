"""Each folder of tests/golden/mistakes is one mistake: what it changes, and what is said of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestrator.config import check
from tests.unit.config.trees import MISTAKES, TODAY, a_tree

NAMES = sorted(folder.name for folder in MISTAKES.iterdir() if not folder.name.startswith("_"))


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_is_reported_with_place_and_remedy(name: str, tmp_path: Path) -> None:
    report = check(with_mistake(name, tmp_path), TODAY)

    said = "".join(f"{problem}\n" for problem in report.problems)
    assert said == (MISTAKES / name / "expected.txt").read_text("utf-8")
    assert report.organization is None


def with_mistake(name: str, folder: Path) -> Path:
    """The small organization with the files of the mistake laid over it."""
    root = a_tree(folder)
    ours = shutil.ignore_patterns("expected.txt", "removed.txt")
    shutil.copytree(MISTAKES / name, root, dirs_exist_ok=True, ignore=ours)
    removed = MISTAKES / name / "removed.txt"
    for file in removed.read_text("utf-8").split() if removed.exists() else ():
        (root / file).unlink()
    return root


def test_the_organization_without_mistakes_is_accepted(tmp_path: Path) -> None:
    report = check(a_tree(tmp_path), TODAY)

    assert report.problems == ()
    assert report.organization is not None


def test_every_mistake_is_made_in_a_tree_that_is_right_otherwise() -> None:
    assert len(NAMES) >= 40
    for name in NAMES:
        assert (MISTAKES / name / "expected.txt").stat().st_size, name
