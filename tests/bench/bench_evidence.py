"""How long it takes to say who uses a resource, in a lake of millions of flow records and calls.

ROWS=10000000 python -m tests.bench.bench_evidence [FIGURES.json]

ROWS is 1,000,000 by default: seven in ten are flow records, the others calls, all of one account
and region over thirty days, so that nothing can be left out by its place. Each planted use and
disuse must be told right. The goal is 5 seconds a question on two cores.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orchestrator.adapters.lake.usage import DuckLogs
from orchestrator.findings.evidence.answer import Evidence, State
from orchestrator.findings.evidence.lookup import ask
from orchestrator.findings.evidence.question import question_of
from orchestrator.logs.lake.objects import LocalObjects
from tests.planted import BARE, DAYS, PLANTS, lake, last, subject

ROWS = int(os.environ.get("ROWS", "1000000"))
GOAL = 5.0


def told(logs: DuckLogs, control: str, about: Mapping[str, Any]) -> tuple[Evidence, float]:
    known = subject(control, **about)
    begin = time.perf_counter()
    found = ask(question_of(control), lambda _: known, logs)
    return found, time.perf_counter() - begin


def main(figures: Path | None) -> None:
    seconds: dict[str, float] = {}
    right = 0
    with TemporaryDirectory(prefix="orchestrator-bench-") as work:
        begin = time.perf_counter()
        lake(Path(work), lines=ROWS * 7 // 10, calls_too=ROWS * 3 // 20)
        say(f"{ROWS} rows in {time.perf_counter() - begin:.0f} s")
        logs = DuckLogs(LocalObjects(Path(work)))
        for control, plant in PLANTS.items():
            used, first = told(logs, control, plant.used)
            unused, second = told(logs, control, plant.unused)
            bare, _ = told(logs, control, {**plant.unused, "account": BARE, "last_used": None})
            user = used.users[0]
            assert (used.state, user.count, user.last) == (State.USED, plant.count, last(plant))
            assert unused.unused_for(DAYS), (control, unused)
            assert bare.state is State.UNKNOWN, (control, bare)
            right += 3
            seconds[control] = round(max(first, second), 2)
            say(f"{control:<16}{seconds[control]:>6} s")
    slowest = max(seconds.values())
    say(f"controls={len(seconds)} right={right} slowest_seconds={slowest} goal_seconds={GOAL}")
    if figures:
        document = {"rows": ROWS, "goal_seconds": GOAL, "right": right, "seconds": seconds}
        figures.parent.mkdir(parents=True, exist_ok=True)
        figures.write_text(json.dumps(document, indent=2) + "\n")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
