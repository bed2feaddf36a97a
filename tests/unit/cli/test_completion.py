from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.render.builders import ROOT


def offered(line: str, project: Path = ROOT) -> list[str]:
    """What bash is offered at the end of `line`."""
    words = line.split(" ")
    asked = {
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
        "_ORCHESTRATOR_COMPLETE": "bash_complete",
    }
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0] = 'orchestrator'; "
         "from orchestrator.__main__ import main; main()"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), **asked},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return [each.partition(",")[2] for each in done.stdout.splitlines() if each]


def test_commands_are_offered() -> None:
    assert set(offered("orchestrator dr")) == {"drift"}


def test_accounts_are_offered_by_name() -> None:
    assert set(offered("orchestrator plan ord")) == {"orders-prod", "orders-dev"}


def test_the_rest_of_a_selection_is_offered_as_well() -> None:
    assert "team:orders" in offered("orchestrator apply team:")


def test_where_there_is_no_configuration_nothing_is_offered(tmp_path: Path) -> None:
    assert offered("orchestrator plan ord", tmp_path) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_lines_that_call_us(shell: str) -> None:
    argv = [sys.executable, "-m", "orchestrator", "--project", str(ROOT), "completion", shell]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, cwd=ROOT)
    assert f"_ORCHESTRATOR_COMPLETE={shell}_complete" in done.stdout
