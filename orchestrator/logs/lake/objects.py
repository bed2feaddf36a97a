"""The files of a lake in a folder or a bucket, and the index that says which of them to read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import Protocol

from duckdb import DuckDBPyConnection

from orchestrator.logs.lake.question import Scope, Window

MARGIN = timedelta(days=1)
"""CloudTrail files an event by when it was delivered, which may be a little after its time."""


class Objects(Protocol):
    """Named files under prefixes that end in a slash. A missing prefix is an empty one."""

    def folders(self, prefix: str) -> Sequence[str]:
        """Names of the folders directly below, without slashes, in order."""
        ...

    def files(self, prefix: str) -> Sequence[str]:
        """Full names of the files directly below, in order."""
        ...

    def local(self, names: Sequence[str]) -> Sequence[Path]:
        """The files on this machine's disk, fetched if need be, in the order given."""
        ...


class LocalObjects:
    """A folder on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folders(self, prefix: str) -> Sequence[str]:
        return sorted(entry.name for entry in self._entries(prefix) if entry.is_dir())

    def files(self, prefix: str) -> Sequence[str]:
        return sorted(prefix + entry.name for entry in self._entries(prefix) if entry.is_file())

    def local(self, names: Sequence[str]) -> Sequence[Path]:
        return [self._folder / name for name in names]

    def _entries(self, prefix: str) -> Iterator[Path]:
        folder = self._folder / prefix
        return folder.iterdir() if folder.is_dir() else iter(())


@dataclass(frozen=True, slots=True)
class Partition:
    """One account's day in one region, of one source of the lake."""

    source: str
    """The prefix above `region=`, ending in a slash."""
    region: str
    account: str
    day: str
    """YYYYMMDD."""

    @property
    def prefix(self) -> str:
        return f"{self.source}region={self.region}/accountId={self.account}/eventDay={self.day}/"


def sources(objects: Objects) -> tuple[str, ...]:
    """Prefixes of the lake's sources: `aws/<name>/<version>/` and `ext/<name>/[<version>/]`.

    Source: Security Lake User Guide, source partitions; custom sources.
    """
    found = []
    for top in ("aws/", "ext/"):
        for name in objects.folders(top):
            inner = objects.folders(f"{top}{name}/")
            if any(each.startswith("region=") for each in inner):
                found.append(f"{top}{name}/")
            found += [f"{top}{name}/{each}/" for each in inner if "=" not in each]
    return tuple(found)


def partitions(objects: Objects, source: str, window: Window, scope: Scope) -> Iterator[Partition]:
    """The partitions of a source that may hold events of the window and scope."""
    for region in _values(objects, source, "region", scope.regions):
        below = f"{source}region={region}/"
        for account in _values(objects, below, "accountId", scope.accounts):
            days = _values(objects, f"{below}accountId={account}/", "eventDay", ())
            for day in days:
                if window.first_day <= day <= window.last_day:
                    yield Partition(source, region, account, day)


def _values(objects: Objects, prefix: str, key: str, wanted: Sequence[str]) -> Iterator[str]:
    for name in objects.folders(prefix):
        left, _, value = name.partition("=")
        if left == key and (not wanted or value in wanted):
            yield value


def cloudtrail_files(objects: Objects, window: Window, scope: Scope) -> Iterator[str]:
    """Files of a trail's bucket that may hold events of the window and scope, oldest first.

    `[<prefix>/]AWSLogs/[<organization>/]<account>/CloudTrail/<region>/<year>/<month>/<day>/`.
    Source: CloudTrail User Guide, finding your log files.
    """
    found = []
    for place in _trail_regions(objects, scope):
        for day in _days(objects, place, window):
            found += [(day, name) for name in objects.files(f"{place}{day}/")]
    yield from (name for _, name in sorted(found) if name.endswith((".json.gz", ".json")))


def _trail_regions(objects: Objects, scope: Scope) -> Iterator[str]:
    for top in ("AWSLogs/", *(f"{name}/AWSLogs/" for name in objects.folders(""))):
        for first in objects.folders(top):
            inner = [f"{top}{first}/"]
            if first.startswith("o-"):
                inner = [f"{top}{first}/{account}/" for account in objects.folders(inner[0])]
            for account in inner:
                if scope.holds(account.split("/")[-2], scope.regions[0] if scope.regions else ""):
                    trail = f"{account}CloudTrail/"
                    for region in objects.folders(trail):
                        if not scope.regions or region in scope.regions:
                            yield f"{trail}{region}/"


def _days(objects: Objects, place: str, window: Window) -> Iterator[str]:
    """Days as `yyyy/mm/dd` that are there, one more at the end than the window has."""
    first = window.start.astimezone(UTC).date()
    last = (window.end + MARGIN).astimezone(UTC).date()
    for year in objects.folders(place):
        for month in objects.folders(f"{place}{year}/"):
            if f"{first:%Y%m}" <= f"{year}{month}" <= f"{last:%Y%m}":
                for day in objects.folders(f"{place}{year}/{month}/"):
                    if f"{first:%Y%m%d}" <= f"{year}{month}{day}" <= f"{last:%Y%m%d}":
                        yield f"{year}/{month}/{day}"


FOLDER = "index/"
SHORTEST, LONGEST = 3, 512

VALUE = rf'"([^"\\]{{{SHORTEST},}})"[,}}\]]'
"""A string value in compact JSON. Keys are followed by a colon, escapes are left to reading.

Longer values than LONGEST are in the index too, and never looked up: a pattern that counts so far
is slow.
"""

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
