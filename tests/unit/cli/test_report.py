from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from orchestrator.model.exit_code import ExitCode

PROJECT = Path(__file__).parents[3]


def test_a_page_is_not_poured_over_a_terminal() -> None:
    leader, terminal = pty.openpty()
    argv = [sys.executable, "-m", "orchestrator", "--project", str(PROJECT), "report"]
    try:
        ended = subprocess.run(
            argv, stdout=terminal, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(terminal)
        os.close(leader)

    assert ended.returncode == ExitCode.CONFIGURATION
    assert "name a file: --out report.html" in ended.stderr
