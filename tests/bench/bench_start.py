"""How soon Terraform starts when one account of many is selected.

python tests/bench/bench_start.py [FIGURES.json [ACCOUNTS [TIMES]]]

A project with many accounts in a sandbox of its own. `orchestrator plan` of one account is started
again and again, and its children are watched: the first Terraform that works on the stack counts.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from orchestrator.rehearsal.conduct import copied
from orchestrator.rehearsal.scenario import Weight
from orchestrator.sandbox import lifecycle

ROOT = Path(__file__).parents[2]
ACCOUNT = "orders-prod"
GOAL = 1.0
WORKING = ("init", "plan")


@contextmanager
def project(accounts: int) -> Iterator[Path]:
    with TemporaryDirectory(prefix="start-") as folder:
        made = Path(folder) / "project"
        fleet = copied(ROOT, made, accounts, Weight.FULL, date.today())
        with lifecycle.running(made / ".sandbox", fleet):
            orchestrator(made, "bootstrap", "--yes").wait()
            yield made


def orchestrator(made: Path, *words: str) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-m", "orchestrator", "--project", str(made), "--sandbox", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)


def first_terraform(made: Path) -> float:
    """Seconds from the start of the program to the start of Terraform's process."""
    started = time.monotonic()
    with orchestrator(made, "plan", ACCOUNT) as running:
        ours = psutil.Process(running.pid)
        while running.poll() is None:
            if any(_is_terraform_at_work(child) for child in ours.children()):
                seconds = time.monotonic() - started
                running.wait()
                return seconds
            time.sleep(0.005)
    raise RuntimeError(f"no Terraform was started, and the program ended with {running.returncode}")


def _is_terraform_at_work(child: psutil.Process) -> bool:
    try:
        words = child.cmdline()
        return Path(words[0]).name.startswith(("terraform", "tofu")) and words[1] in WORKING
    except (psutil.Error, IndexError):
        return False


def main(figures: str = "", accounts: str = "500", times: str = "5") -> int:
    with project(int(accounts)) as made:
        first_terraform(made)
        seconds = [first_terraform(made) for _ in range(int(times))]
    best = statistics.median(seconds)
    found: Mapping[str, object] = {
        "accounts": int(accounts),
        "first_terraform_seconds": round(best, 3),
        "all": [round(each, 3) for each in seconds],
        "goal": GOAL,
    }
    if figures:
        Path(figures).write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    line = f"first_terraform_seconds={best:.3f} accounts={accounts} goal={GOAL}"
    print(line)  # noqa: T201
    return 0 if best < GOAL else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
