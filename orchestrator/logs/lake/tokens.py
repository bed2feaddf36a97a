"""The index beside the events: where a value stands, found without reading the events.

`index/<source>/eventDay=<YYYYMMDD>/<batch>_0.parquet` has a row for each value in the parameters,
answer or resources of an event: the value's number, the event's time, account and region. Rows are
sorted by the number, so looking one up reads one group of rows of each day's file. It covers the
files of the lake whose names begin with the same batch; others are read through.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from orchestrator.logs.lake.objects import Objects, Partition
from orchestrator.logs.lake.question import Window

FOLDER = "index/"
SHORTEST, LONGEST = 3, 512

VALUE = rf'"([^"\\]{{{SHORTEST},{LONGEST}}})"[,}}\]]'
"""A string value in compact JSON. Keys are followed by a colon, escapes are left to reading."""

_INDEXED = re.compile(rf"[ !#-\[\]-~]{{{SHORTEST},{LONGEST}}}")

NUMBER = "md5_number_lower"


@dataclass(frozen=True, slots=True)
class Hit:
    """An event somewhere in a partition, at this time."""

    region: str
    account: str
    day: str
    time: int


def indexed(name: str) -> bool:
    """Whether every event with this value has it in the index; if not, events must be read."""
    return bool(_INDEXED.fullmatch(name))


def number(value: str) -> int:
    """The same as DuckDB's md5_number_lower, which is the same in every version."""
    return int.from_bytes(hashlib.md5(value.encode(), usedforsecurity=False).digest()[8:], "little")


def batch_of(name: str) -> str:
    """What the names of a batch's files in lake and index have in common."""
    return name.rpartition("/")[2].partition("_")[0]


def index_prefix(source: str) -> str:
    return f"{FOLDER}{source}"


def covering(objects: Objects, source: str, window: Window) -> tuple[str, ...]:
    """The index files of the days of a window."""
    prefix = index_prefix(source)
    found: list[str] = []
    for folder in objects.folders(prefix):
        if window.first_day <= folder.removeprefix("eventDay=") <= window.last_day:
            found += objects.files(f"{prefix}{folder}/")
    return tuple(found)


def covered(files: Iterable[str], index: Iterable[str]) -> frozenset[str]:
    batches = {batch_of(name) for name in index}
    return frozenset(name for name in files if batch_of(name) in batches)


def look_up(
    connection: DuckDBPyConnection,
    objects: Objects,
    index: Sequence[str],
    names: Sequence[str],
    window: Window,
) -> tuple[Hit, ...]:
    """Where one of the names stands as a value."""
    if not index:
        return ()
    marks = ", ".join("?" for _ in names)
    files = [str(file) for file in objects.local(index)]
    rows = connection.execute(
        "SELECT DISTINCT region, account, strftime(make_timestamp(time * 1000), '%Y%m%d'), time "  # noqa: S608  # only marks
        f"FROM read_parquet(?, hive_partitioning = false) WHERE token IN ({marks}) "
        "AND time >= ? AND time < ?",
        [files, *map(number, names), *window.milliseconds],
    ).fetchall()
    return tuple(Hit(*row) for row in rows)


def partition_of(source: str, hit: Hit) -> Partition:
    return Partition(source, hit.region, hit.account, hit.day)
