"""`orchestrator init` against an organization that is there, as a user types it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from orchestrator import __version__, assets, config
from orchestrator.cli.main import run
from orchestrator.model.exit_code import ExitCode
from orchestrator.sandbox import lifecycle

PROJECT = Path(__file__).parents[2]
WORDS = ("--name", "Example", "--home-region", "ap-northeast-1", "--region", "us-east-1")
SPECIAL = ("--security", "security", "--log-archive", "log-archive")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Of a sandbox as `orchestrator sandbox start` makes it; nothing here changes what is in it."""
    work = tmp_path_factory.mktemp("init")
    run(["--project", str(PROJECT), "--work", str(work), "sandbox", "start"])
    yield work / ".sandbox"
    lifecycle.stop(work / ".sandbox")


@pytest.fixture
def work(home: Path, tmp_path: Path) -> Path:
    (tmp_path / ".sandbox").symlink_to(home)
    return tmp_path


def typed(work: Path, *words: str) -> int:
    before = ["--project", str(PROJECT), "--work", str(work), "--sandbox", "init"]
    return run([*before, *WORDS, "--team-email", "security@example.com", *words])


def test_what_is_written_is_the_organization_that_is_there(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = work / "account_configs"

    assert typed(work, "--to", str(target), *SPECIAL) == ExitCode.DONE

    sample = config.load(PROJECT / "account_configs", date.today())
    written = config.load(target, date.today())
    assert [(a.id, a.name, a.ou, a.email) for a in written.accounts] == [
        (a.id, a.name, a.ou, a.email) for a in sample.accounts
    ]
    assert written.facts.root_id == sample.facts.root_id
    assert "21 files" in capsys.readouterr().out

    assert typed(work, "--to", str(target), *SPECIAL) == ExitCode.CONFIGURATION
    assert "is there already" in capsys.readouterr().err


def test_what_nobody_can_be_asked_is_to_be_said_by_an_option(work: Path) -> None:
    before = ["--project", str(PROJECT), "--work", str(work), "--sandbox", "init"]
    words = [*WORDS, "--team-email", "security@example.com", "--to", str(work / "account_configs")]
    argv = [sys.executable, "-m", "orchestrator", *before, *words]

    asked = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )

    assert asked.returncode == ExitCode.CONFIGURATION
    assert "there is no terminal to ask: Which account is the one for security?" in asked.stderr
    assert "fix: say it by --security" in asked.stderr


def test_an_account_that_is_not_there_is_an_error_and_nothing_is_written(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = work / "account_configs"

    code = typed(work, "--to", str(target), "--security", "nobody", "--log-archive", "log-archive")

    assert code == ExitCode.CONFIGURATION
    assert "no open account has the name or id 'nobody'" in capsys.readouterr().err
    assert not target.exists()


def test_a_folder_becomes_a_project_that_is_rendered_from_the_installation(work: Path) -> None:
    before = ["--project", str(work), "--work", str(work)]
    words = [*WORDS, *SPECIAL, "--team-email", "security@example.com", "--ci", "gitlab"]

    assert run([*before, "--sandbox", "init", *words]) == ExitCode.DONE

    assert {path.name for path in work.iterdir()} >= {
        *("account_configs", "orchestrator.toml", ".gitignore", ".gitlab-ci.yml"),
    }
    assert assets.project(work).allows("orchestrator", __version__)
    assert assets.of(work).parts == ("account_configs", "orchestrator.toml")
    assert run([*before, "validate"]) == ExitCode.DONE
    assert run([*before, "render", "security"]) == ExitCode.DONE
    assert (work / ".build" / "_modules" / "security_hub_central" / "main.tf").is_file()
