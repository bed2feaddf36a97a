"""One line per release of what the benchmarks measured: `nox -s bench -- 1.0.0` adds it.

The machine is part of a figure: compare lines of one machine.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
HISTORY = ROOT / "docs" / "bench-history.jsonl"


def figures(value: object, name: str = "") -> Iterator[tuple[str, float]]:
    """Every number in a document, by its path: `render.seconds.write`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from figures(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value


def line(release: str, results: Path, day: str) -> str:
    """The line of a release, of all results there are. Raises ValueError where there are none."""
    files = sorted(results.glob("bench_*.json"))
    if not files:
        raise ValueError(f"no figures in {results}\n  fix: make bench")
    read = {file.stem.removeprefix("bench_"): json.loads(file.read_text()) for file in files}
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    kept = {"release": release, "day": day, "machine": machine, **dict(figures(read))}
    return json.dumps(kept) + "\n"


def keep(text: str, history: Path) -> None:
    """Add a line, in place of an earlier one of the same release."""
    release = json.loads(text)["release"]
    before = history.read_text().splitlines(keepends=True) if history.exists() else []
    others = [each for each in before if json.loads(each)["release"] != release]
    history.write_text("".join([*others, text]))


if __name__ == "__main__":
    (asked,) = sys.argv[1:]
    keep(line(asked, ROOT / "bench-results", f"{datetime.now(UTC):%Y-%m-%d}"), HISTORY)
