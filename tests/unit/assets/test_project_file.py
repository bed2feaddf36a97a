from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator import assets
from orchestrator.assets.project_file import read
from orchestrator.errors import ConfigurationError

ROOT = Path(__file__).parents[3]


def a_project(folder: Path, text: str) -> Path:
    (folder / "account_configs").mkdir(parents=True)
    (folder / "orchestrator.toml").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("pin", "version", "allowed"),
    [
        ("==1.2.0", "1.2.0", True),
        ("==1.2.0", "1.2.1", False),
        ("~=1.2", "1.9.0", True),
        ("~=1.2", "2.0.0", False),
        (">=1.0,<2.0", "1.5.0rc1", True),
    ],
)
def test_a_pin_is_a_range_as_pip_reads_it(
    tmp_path: Path, pin: str, version: str, allowed: bool
) -> None:
    root = a_project(tmp_path, f'[versions]\norchestrator = "{pin}"\n')

    assert assets.project(root).allows("orchestrator", version) is allowed


def test_what_is_not_pinned_may_be_anything(tmp_path: Path) -> None:
    assert assets.project(tmp_path).allows("orchestrator", "9.9.9")
    assert assets.project(a_project(tmp_path, "")).allows("terraform", "1.0.0")


def test_all_that_is_wrong_in_the_file_is_said_at_once(tmp_path: Path) -> None:
    text = 'colour = "red"\ncheckout = 1\n[versions]\nterrafrom = "==1.0"\nprovider = "newest"\n'

    with pytest.raises(ConfigurationError) as refused:
        read(a_project(tmp_path, text))

    assert [problem.key for problem in refused.value.problems] == [
        *("checkout", "colour", "versions.provider", "versions.terrafrom"),
    ]
    assert all(problem.fix for problem in refused.value.problems)


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"orchestrator\.toml: cannot be read"):
        read(a_project(tmp_path, "versions: {}\n"))


def test_this_repository_is_rendered_from_its_own_folders() -> None:
    assert assets.of(ROOT).product == ROOT
    assert assets.home() == ROOT


def test_a_project_is_rendered_from_the_installation_whatever_else_lies_in_it(
    tmp_path: Path,
) -> None:
    root = a_project(tmp_path, '[versions]\norchestrator = ">=0"\n')
    (root / "terraform").mkdir()
    (root / "modules").mkdir()

    assert assets.of(root).product == assets.home()
    assert assets.of(root).parts == ("account_configs", "orchestrator.toml")


def test_a_clone_without_the_file_is_rendered_from_its_own_folders(tmp_path: Path) -> None:
    for name in ("account_configs", "terraform", "modules"):
        (tmp_path / name).mkdir()

    assert assets.of(tmp_path).product == tmp_path
    assert assets.of(tmp_path).parts == ("account_configs", "terraform", "modules")
