"""The process that scans: `python -m orchestrator.adapters.checkov.batch POLICIES REQUEST`.

Each plan is scanned on its own. Given several files at once, checkov puts them into one graph, in
which the bucket of one account could find its public access block in another's.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from pathlib import Path

from orchestrator.adapters.checkov import engine
from orchestrator.adapters.checkov.codec import Scanned, Task, answer, requested

WORTH_A_WORKER = 8
"""Plans. Below that, starting another process costs more than it saves."""


def main(argv: Sequence[str]) -> int:
    """Answer every task of the request on a line of standard output."""
    policies, request = Path(argv[0]), Path(argv[1])
    out = sys.stdout
    with redirect_stdout(sys.stderr):
        engine.load(policies)
        for scanned in _scanned(requested(request.read_text("utf-8")), policies):
            out.write(answer(scanned) + "\n")
            out.flush()
    return 0


def _scanned(tasks: Sequence[Task], policies: Path) -> Iterator[Scanned]:
    """Over all cores. A worker that is not a fork of this process has to load the checks itself."""
    workers = min(os.cpu_count() or 1, len(tasks) // WORTH_A_WORKER)
    if workers < 2:
        yield from map(engine.scan, tasks)
        return
    with ProcessPoolExecutor(workers, initializer=engine.load, initargs=(policies,)) as pool:
        yield from pool.map(engine.scan, tasks, chunksize=4)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
