from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestrator.cli.main import run
from orchestrator.model.exit_code import ExitCode
from tests.unit.render.builders import ROOT


def render(work: Path, *arguments: str) -> int:
    return run(["--project", str(ROOT), "--work", str(work), "render", *arguments])


def roots(build: Path) -> list[str]:
    return sorted(
        file.parent.relative_to(build).as_posix() for file in build.glob("[a-z]*/*/main.tf")
    )


def test_all_roots_of_the_sample_organization_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert render(tmp_path) == ExitCode.DONE

    said = (
        r"15 stacks of 12 accounts rendered to \S+/\.build \(\d+\.\d\d s\), digest [0-9a-f]{12}\n"
    )
    assert re.fullmatch(said, capsys.readouterr().out)
    assert len(roots(tmp_path / ".build")) == 15


def test_one_account_is_rendered_to_a_folder_of_choice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert render(tmp_path, "orders-prod", "--build", str(tmp_path / "review")) == ExitCode.DONE

    assert "1 stack of 1 account rendered to" in capsys.readouterr().out
    assert roots(tmp_path / "review") == ["orders-prod/account"]


def test_where_it_is_written_does_not_change_the_digest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    render(tmp_path / "a")
    render(tmp_path / "b" / "c")

    digests = re.findall(r"digest ([0-9a-f]+)", capsys.readouterr().out)
    assert len(digests) == 2
    assert len(set(digests)) == 1


def test_an_unknown_account_is_a_usage_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert render(tmp_path, "orders-prd") == ExitCode.CONFIGURATION

    assert "orders-prod" in capsys.readouterr().err
    assert not (tmp_path / ".build").exists()
