"""A work folder and the command line, as a user has them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PARTS = ("account_configs", "terraform", "modules", "policies", "schemas")
"""What makes a project, to be copied by those who change it."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """`project` is a checkout of one's own."""

    work: Path
    project: Path

    def argv(self, *words: str) -> list[str]:
        where = ["--project", str(self.project), "--work", str(self.work)]
        return [sys.executable, "-m", "orchestrator", *where, *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.argv(*words), cwd=ROOT, capture_output=True, text=True, check=False
        )

    def done(self, *words: str) -> str:
        ended = self.run(*words)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def document(self, *words: str, code: int = 0) -> Any:
        """What a run says of itself as JSON."""
        ended = self.run("--sandbox", *words, "--format", "json")
        assert ended.returncode == code, ended.stdout + ended.stderr
        return json.loads(ended.stdout)


def a_desk(folder: Path) -> Workspace:
    project = folder / "project"
    for part in PARTS:
        shutil.copytree(ROOT / part, project / part)
    return Workspace(folder / "work", project)
