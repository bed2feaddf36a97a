"""A rehearsal as users start it, with the real Terraform and provider."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.terraform, pytest.mark.long]


def test_a_rollout_with_faults_that_is_killed_on_the_way_converges_and_everything_holds(
    tmp_path: Path,
) -> None:
    where = ["--project", str(ROOT), "--work", str(tmp_path)]
    faults = ["--throttle", "3%", "--errors", "1%", "--kill-after", "90"]
    shown = ["--folder", "r", "--format", "json"]
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "orchestrator",
            *where,
            "rehearse",
            "--accounts=14",
            *faults,
            *shown,
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    report = json.loads(ended.stdout)
    assert report["held"]
    assert report["attempts"][0]["killed"] == "SIGKILL"
    assert report["final"] == {"in sync": 17}
    assert len(report["touched"]) == 14
    assert report["requests"]["refused"]["Throttling"] > 0
