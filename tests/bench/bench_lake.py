"""What the lake takes for CloudTrail events of real shape: writing them, and a finding's timeline.

EVENTS=10000000 python tests/bench/bench_lake.py [FIGURES.json]

EVENTS is 1,000,000 by default, all of one account over thirty days: the hardest case, since
nothing can be left out by account. The last line has the figures; the goals are 80,000 events a
second, 2 seconds, 1,000 MB.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.logs.ingest.trail import ingest_trail
from orchestrator.logs.lake.engine import ParquetLake
from orchestrator.logs.lake.objects import LocalObjects
from orchestrator.logs.lake.question import By, Question, Scope, Touching, Window
from tests.cloudtrail import START, Stream, document, open_port, record

EVENTS = int(os.environ.get("EVENTS", "1000000"))
GROUP = "sg-0feedbeef0badcafe"
GOALS = {"ingest_events_per_second": 80_000, "timeline_seconds": 2.0, "memory_mb": 1000}
PER_FILE = 5_000


def written(stream: Stream, folder: Path) -> Iterator[Path]:
    """The stream's records as files of a trail, oldest first."""
    for account, day in stream.account_days():
        place = folder / f"AWSLogs/{account}/CloudTrail/eu-west-1/{day:%Y/%m/%d}"
        place.mkdir(parents=True)
        texts = stream.texts(account, day)
        number = 0
        while some := list(islice(texts, PER_FILE)):
            file = place / f"{account}_CloudTrail_eu-west-1_{day:%Y%m%d}_{number:06d}.json.gz"
            file.write_bytes(gzip.compress(document(some), 1))
            number += 1
            yield file


def planted(folder: Path, account: str, day: datetime) -> Path:
    """The call that somebody will ask for, in a file of its own."""
    call = record(
        "AuthorizeSecurityGroupIngress",
        eventTime=f"{day:%Y-%m-%d}T11:22:33Z",
        eventID="feedbeef-0000-4000-8000-000000000001",
        recipientAccountId=account,
        requestParameters=open_port(GROUP, 22),
    )
    file = folder / f"AWSLogs/{account}/CloudTrail/eu-west-1/{day:%Y/%m/%d}/planted.json.gz"
    file.write_bytes(gzip.compress(document([json.dumps(call)])))
    return file


def memory_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def timeline(lake: Path, account: str) -> float:
    """Open the lake and ask what a finding needs: the resource, then its changer's hour around."""
    begin = time.perf_counter()
    engine = ParquetLake(LocalObjects(lake))
    whole = Window(START - timedelta(days=1), datetime.now(UTC))
    scope = Scope((account,), ("eu-west-1",))
    found = engine.ask(Question(Touching((GROUP,)), whole, scope)).events
    assert [each.name for each in found] == ["AuthorizeSecurityGroupIngress"], found
    hour = timedelta(hours=1)
    around = Window(found[0].time - hour, found[0].time + hour)
    by = engine.ask(Question(By(arns=(found[0].actor.arn,)), around, scope)).events
    assert found[0] in by
    return time.perf_counter() - begin


def main(figures: Path | None) -> None:
    stream = Stream(EVENTS)
    account = stream.accounts[0]
    with TemporaryDirectory(prefix="orchestrator-bench-") as work:
        folder, lake = Path(work) / "trail", Path(work) / "lake"
        files = list(written(stream, folder))
        files.append(planted(folder, account, START + timedelta(days=17)))
        say(f"{EVENTS} events in {len(files)} files, {_size(folder) >> 20} MB")
        begin, cpu = time.perf_counter(), time.process_time()
        counts = ingest_trail(sorted(files), lake)
        seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
        assert counts.lost == 0
        assert counts.total >= EVENTS * 0.99
        say(f"lake: {_size(lake) >> 20} MB, index {_size(lake / 'index') >> 20} MB")
        say(f"ingest: {seconds:.1f} s, {cpu:.1f} s CPU")
        result = {
            "ingest_events_per_second": round(counts.total / seconds),
            "timeline_seconds": round(sorted(timeline(lake, account) for _ in range(3))[1], 2),
            "memory_mb": memory_mb(),
        }
    if figures:
        figures.parent.mkdir(parents=True, exist_ok=True)
        figures.write_text(
            json.dumps({"events": EVENTS, "goals": GOALS, "cpu_seconds": cpu, **result}, indent=2)
            + "\n"
        )
    say(" ".join(f"{name}={value}" for name, value in result.items()))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
