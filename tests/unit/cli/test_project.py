"""Which project a command works on, and when it is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestrator import __version__, assets
from orchestrator.app.project import opened
from orchestrator.cli.main import run
from orchestrator.errors import UsageError
from orchestrator.model.exit_code import ExitCode

ROOT = Path(__file__).parents[3]


def a_project(folder: Path, pin: str) -> Path:
    shutil.copytree(ROOT / "account_configs", folder / "account_configs")
    (folder / "orchestrator.toml").write_text(f'[versions]\norchestrator = "{pin}"\n')
    return folder


def test_a_project_that_is_made_with_another_version_is_refused_with_both_ways_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = a_project(tmp_path, "==0.0.1")

    assert run(["--project", str(root), "validate"]) == ExitCode.CONFIGURATION

    said = capsys.readouterr().err
    assert f"made with orchestrator ==0.0.1, and this is {__version__}" in said
    assert "pip install 'securityhub-orchestrator==0.0.1'" in said
    assert "orchestrator upgrade" in said


def test_a_project_that_is_made_with_this_version_is_worked_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = a_project(tmp_path, f"=={__version__}")

    assert run(["--project", str(root), "validate"]) == ExitCode.DONE
    assert "12 accounts" in capsys.readouterr().out


def test_a_project_is_found_from_below(tmp_path: Path) -> None:
    root = a_project(tmp_path, f"=={__version__}")

    assert opened(None, root / "account_configs" / "ous", "plan") == (root, root)


def test_where_there_is_no_project_most_commands_say_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no account_configs/ in") as refused:
        opened(None, tmp_path, "plan")

    assert "orchestrator init" in refused.value.fix


@pytest.mark.parametrize("command", ["init", "demo", "sandbox", "doctor"])
def test_where_there_is_no_project_some_work_on_the_sample(tmp_path: Path, command: str) -> None:
    assert opened(None, tmp_path, command) == (assets.home(), tmp_path)
