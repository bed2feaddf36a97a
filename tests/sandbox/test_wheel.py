"""What a user has who never saw the repository: the wheel, in an empty environment, elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.terraform, pytest.mark.long]

ROOT = Path(__file__).parents[2]
ORGANIZATION = (
    *("--name", "Example", "--home-region", "ap-northeast-1", "--region", "us-east-1"),
    *("--security", "security", "--log-archive", "log-archive"),
    *("--team-email", "security@example.com"),
)


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with nothing of ours but the wheel."""

    venv: Path

    def run(self, folder: Path, *words: str, code: int = 0) -> str:
        """What `orchestrator` says in a folder; there is nothing of the repository on its paths."""
        folder.mkdir(parents=True, exist_ok=True)
        own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        ended = subprocess.run(
            [self.venv / "bin" / "orchestrator", *words],
            cwd=folder,
            env={**own, "PATH": f"{self.venv / 'bin'}{os.pathsep}{own['PATH']}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == code, f"{ended.stdout[-4000:]}\n{ended.stderr[-4000:]}"
        return ended.stdout

    def outcomes(self, folder: Path, *words: str, code: int = 0) -> set[str]:
        said: Any = json.loads(self.run(folder, "--sandbox", *words, "--format", "json", code=code))
        return {stack["outcome"] for stack in said["stacks"]}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel and its [sandbox], with the versions of others that the lock file names."""
    folder = tmp_path_factory.mktemp("wheel")
    versions = re.findall(r"(?m)^[\w.-]+==[^\s\\]+(?: ; [^\\\n]+)?", lock())
    (folder / "constraints.txt").write_text("\n".join(versions))
    _done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist"))
    (wheel,) = (folder / "dist").glob("securityhub_orchestrator-*.whl")
    _done(sys.executable, "-m", "venv", str(folder / "venv"))
    pip = (str(folder / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet")
    _done(*pip, "--constraint", str(folder / "constraints.txt"), f"{wheel}[sandbox]")
    return Installed(folder / "venv")


def lock() -> str:
    return (ROOT / "requirements.lock").read_text("utf-8")


def _done(*argv: str) -> None:
    ended = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_demo_runs_in_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    said = installed.run(tmp_path, "demo")

    counted = re.search(r"demo: (\d+) of (\d+) checks passed", said)
    assert counted
    assert counted[1] == counted[2]
    assert {path.name for path in tmp_path.iterdir()} == {".demo"}


@pytest.fixture
def project(installed: Installed, tmp_path: Path) -> Iterator[Path]:
    """An empty folder, with the sample organization in a sandbox."""
    installed.run(tmp_path, "sandbox", "start")
    yield tmp_path
    installed.run(tmp_path, "sandbox", "stop")


def test_an_organization_is_described_planned_and_applied_from_there(
    installed: Installed, project: Path
) -> None:
    installed.run(project, "--sandbox", "init", *ORGANIZATION)
    own = project / "overrides" / "terraform" / "account" / "own.tf.j2"
    own.parent.mkdir(parents=True)
    own.write_text('\noutput "owner" {\n  value = {{ account.name | hcl }}\n}\n')

    installed.run(project, "validate")
    installed.run(project, "doctor")
    installed.run(project, "--sandbox", "bootstrap", "--yes")
    installed.run(project, "--sandbox", "apply", "log-archive", "management", "security", "--yes")

    planned = installed.run(project, "--sandbox", "plan", "sandbox-platform")
    assert "overrides: terraform/account/own" in planned
    applied = installed.outcomes(project, "apply", "sandbox-platform", "--yes")
    assert applied == {"applied"}
    assert installed.outcomes(project, "plan", "sandbox-platform") == {"unchanged"}
    assert (project / ".build" / "_modules" / "account_baseline" / "main.tf").is_file()
