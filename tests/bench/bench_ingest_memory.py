"""How fast log files are read, and whether one takes more memory when it is larger: the same ingest
of files of growing size.

MEGABYTES="64 128 256" python tests/bench/bench_ingest_memory.py [FIGURES.json]

Each size is read by a process of its own, which starts others to parse. The last line has the peak
of one process, and of the largest file the lines a second and those a second of one processor,
start included. The goals are 500 MB, 30,000 lines a second on two cores, and that the largest file
takes at most a tenth more than the smallest. The smallest should be larger than a batch, which is
32 MB. From that, a file of 10 GB takes what these take.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

SIZES = [int(word) for word in os.environ.get("MEGABYTES", "64 128 256").split()]
GROWTH = 1.1
GOALS = {"growth": GROWTH, "memory_mb": 500, "lines_per_second": 30_000}
LINE = (
    "<38>1 2026-03-01T{hour:02}:{minute:02}:{second:02}Z bastion-{host} sshd {number} - - "
    "Accepted publickey for person-{host} from 198.51.100.{host} port {port} ssh2: ED25519\n"
)


def written(file: Path, megabytes: int) -> int:
    """A log of that size, and how many lines it has."""
    lines = 0
    with file.open("w", encoding="utf-8") as out:
        while out.tell() < megabytes << 20:
            some = "".join(_line(number) for number in range(lines, lines + 5_000))
            out.write(some)
            lines += 5_000
    return lines


def _line(number: int) -> str:
    seconds = number % 86_400
    return LINE.format(
        hour=seconds // 3600,
        minute=seconds // 60 % 60,
        second=seconds % 60,
        host=number % 200,
        number=number,
        port=1024 + number % 60_000,
    )


def peak(file: Path, lake: Path) -> tuple[int, float, float]:
    """Megabytes that reading it took at most, seconds, and seconds of processors."""
    argv = [sys.executable, "-m", "orchestrator", "logs", "ingest", str(file), "--lake", str(lake)]
    begin = time.perf_counter()
    child = os.posix_spawn(sys.executable, argv, {**os.environ, "PYTHONPATH": str(Path.cwd())})
    _, status, usage = os.wait4(child, 0)
    assert status == 0, f"the ingest ended with {status}"
    cpu = usage.ru_utime + usage.ru_stime
    return usage.ru_maxrss >> 10, time.perf_counter() - begin, cpu


def main(figures: Path | None) -> None:
    peaks: dict[int, int] = {}
    rates: dict[int, float] = {}
    for size in SIZES:
        with TemporaryDirectory(prefix="orchestrator-bench-") as work:
            file = Path(work) / "auth.log"
            lines = written(file, size)
            peaks[size], seconds, cpu = peak(file, Path(work) / "lake")
            rates[size], of_one = lines / seconds, round(lines / cpu)
            say(f"{size} MB, {lines} lines: {peaks[size]} MB of memory, {rates[size]:.0f}/s")
    growth = max(peaks.values()) / peaks[min(SIZES)]
    rate = round(rates[max(SIZES)])
    if figures:
        figures.parent.mkdir(parents=True, exist_ok=True)
        result = {
            "memory_mb_by_file_mb": peaks,
            "growth": growth,
            "lines_per_second": rate,
            "lines_per_processor_second": of_one,
            "goals": GOALS,
        }
        figures.write_text(json.dumps(result, indent=2) + "\n")
    said = {
        "memory_mb": max(peaks.values()),
        "growth": round(growth, 2),
        "lines_per_second": rate,
        "of_one": of_one,
    }
    say(" ".join(f"{name}={value}" for name, value in said.items()))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
