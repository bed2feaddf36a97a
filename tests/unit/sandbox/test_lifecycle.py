"""A sandbox that cannot start says what is missing, before a process is started."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from orchestrator.sandbox.lifecycle import PACKAGES

ROOT = Path(__file__).parents[3]
WITHOUT = """
import sys
from orchestrator.cli.main import run
for name in ("moto", "regex"):
    sys.modules[name] = None
sys.exit(run(["--project", sys.argv[1], "sandbox", "start"]))
"""


def test_without_its_packages_a_sandbox_names_them_and_the_way_to_install_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(ROOT)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert done.stderr == (
        "error: the sandbox needs packages that are not installed: moto, regex\n"
        "  fix: pip install 'securityhub-orchestrator[sandbox]'\n"
    )


def test_the_packages_it_asks_for_are_those_of_the_extra() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extra = pyproject["project"]["optional-dependencies"]["sandbox"]

    assert {Requirement(each).name.replace("-", "_") for each in extra} == set(PACKAGES)
