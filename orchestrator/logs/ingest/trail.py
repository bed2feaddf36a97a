# ruff: noqa: S608  # table names are our own, and values are bound
"""CloudTrail's files into the lake, some tens of thousands of records at a time."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestrator.logs.ingest import batch
from orchestrator.logs.ingest.batch import (
    Counts,
    Mark,
    Progress,
    Quarantined,
    alone,
    by_reason,
)
from orchestrator.logs.ingest.records import KEPT
from orchestrator.logs.ingest.trail_files import Part, parts
from orchestrator.logs.json_path import compact
from orchestrator.logs.lake.duck import NotALogFile, connect, rejoined, source
from orchestrator.logs.lake.writer import (
    DAY,
    EACH,
    PART_NAME,
    Batch,
    LakeWriter,
    Place,
    copy,
    copy_by_place,
)
from orchestrator.logs.ocsf.cloudtrail_sql import USUAL, names, select, typed

REGION, ACCOUNT, DATE = (
    re.compile(pattern) for pattern in (r"[a-z0-9-]{1,40}", r"[0-9]{12}", r"[0-9]{8}")
)
GROUPS = f"""SELECT cloud.region, cloud.account.uid, {DAY}, class_uid, count(*),
  bool_or(time IS NULL OR nullif(metadata.uid, '') IS NULL OR nullif(api.operation, '') IS NULL
    OR nullif(api.service.name, '') IS NULL)
FROM read_parquet($1, hive_partitioning = false) GROUP BY ALL"""


@dataclass(frozen=True, slots=True)
class Whole:
    """Events in a file or in a folder of partitions, where they belong, and how many there are of
    each class.
    """

    file: Path
    places: Sequence[Place]
    events: Mapping[str, int]

    @property
    def read(self) -> int:
        return sum(self.events.values())


def written(
    data: bytes, lines: Path, connection: DuckDBPyConnection, *, scattered: bool = False
) -> Whole | None:
    """The records in `data`, one a line, as Parquet beside `lines`; None if one of them is odd:
    no JSON, no record, with an unknown name, or of a place that may not stand in a path.

    Records that are `scattered` over many places are written into a folder, by place.
    """
    file = lines.with_suffix(".places" if scattered else ".parquet")
    shutil.rmtree(file, ignore_errors=True)
    lines.write_bytes(data)
    try:
        relation = source(lines, data)
        if not _usual(connection, relation):
            return None
        query = select(source(lines, data, typed()), usual=True)
        if scattered:
            copy_by_place(connection, query, file, PART_NAME)
        else:
            copy(connection, query, file)
        groups = connection.execute(GROUPS, [str(file / EACH if scattered else file)]).fetchall()
    except (duckdb.Error, NotALogFile):
        return None
    return _whole(file, groups)


def _usual(connection: DuckDBPyConnection, relation: str) -> bool:
    """Whether every record is an object with names that are known, none of them twice."""
    found = [
        (joined.split(",") if joined else [], count)
        for joined, count in connection.execute(names(relation)).fetchall()
    ]
    # A name that has a comma in it makes more names than there are.
    return bool(found) and all(
        keys and USUAL.issuperset(keys) and len({*keys}) == len(keys) == count
        for keys, count in found
    )


def _whole(file: Path, groups: Sequence[tuple[object, ...]]) -> Whole | None:
    places, events = set(), Counter[str]()
    for region, account, day, class_uid, count, bad in groups:
        place = Place(str(region), str(account), str(day))
        fits = zip((REGION, ACCOUNT, DATE), (place.region, place.account, place.day), strict=True)
        if bad or not all(pattern.fullmatch(value) for pattern, value in fits):
            return None
        places.add(place)
        assert isinstance(count, int)  # noqa: S101
        events[str(class_uid)] += count
    return Whole(file, sorted(places, key=lambda place: place.folder), events)


SOURCE = "aws/CLOUD_TRAIL_MGMT/2.0/"
"""Where Security Lake has CloudTrail's management events as OCSF 1.1."""

PROGRESS = "CLOUD_TRAIL_MGMT"
MEMORY = "600MB"
"""One batch is read while another is written."""

BYTES = 64 * 1024 * 1024
FILES = 4096
TABLES = ("batch_a", "batch_b")
"""One is filled while the other is written."""


@dataclass(slots=True)
class _Load:
    """Records that go into one batch, and the files they are from."""

    parts: list[Part] = field(default_factory=list)
    marks: dict[str, list[Mark]] = field(default_factory=dict)
    damaged: list[Quarantined] = field(default_factory=list)
    size: int = 0
    folders: set[Path] = field(default_factory=set)
    """Where the files are from: CloudTrail has one for each account, region and day."""

    def full(self) -> bool:
        return self.size >= BYTES or len(self.parts) >= FILES

    def enough(self, folder: Path) -> bool:
        """Whether to stop before `folder`: a batch of one place need not be taken apart."""
        return self.size >= BYTES // 4 and self.folders != {folder} and len(self.folders) == 1


@dataclass(frozen=True, slots=True)
class _Ready:
    """A load whose records are in a table, or in a file of Parquet if none of them is odd."""

    load: _Load
    table: str
    read: int
    bad: list[Quarantined]
    whole: Whole | None = None


def ingest_trail(files: Sequence[Path], lake: Path) -> Counts:
    """Read `files`, in the order given, into the lake, each from where an earlier ingest stopped.

    Files of the same day beside each other make fewer and larger files in the lake.
    """
    counts = Counts(files=len(files))
    with alone(lake):
        connection = connect(MEMORY, spill=lake / ".spill")
        writer = LakeWriter(lake, connection)
        writer.recover()
        progress = Progress(lake, PROGRESS)
        loads = _loads(files, progress, counts)
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(_prepared, loads, TABLES[0], writer.staging, connection)
            number = 0
            while (ready := coming.result()) is not None:
                number += 1
                table = TABLES[number % len(TABLES)]
                coming = ahead.submit(_prepared, loads, table, writer.staging, connection)
                counts.add(_write(ready, writer, connection, progress))
        writer.recover()
    return counts


def _loads(files: Sequence[Path], progress: Progress, counts: Counts) -> Iterator[_Load]:
    load = _Load()
    for file in files:
        if load.parts and load.enough(file.parent):
            yield load
            load = _Load()
        known = True
        for part in parts(file, progress):
            known = False
            for name, mark in part.marks:
                progress.note(name, mark)
                load.marks.setdefault(name, []).append(mark)
            load.damaged += part.bad
            load.folders.add(file.parent)
            if part.data:
                load.parts.append(part)
                load.size += len(part.data)
            if load.full():
                yield load
                load = _Load()
        counts.known += known
    if load.marks:
        yield load


def _prepared(
    loads: Iterator[_Load], table: str, folder: Path, connection: DuckDBPyConnection
) -> _Ready | None:
    """The next load as a table of OCSF events, made while the one before is written."""
    load = next(loads, None)
    if load is None:
        return None
    cursor = connection.cursor()
    file = folder / f"{table}.ndjson"
    data = b"\n".join(part.data for part in load.parts)
    found = written(data, file, cursor, scattered=len(load.folders) > 1)
    if found is not None:
        load.parts.clear()
        return _Ready(load, table, found.read, load.damaged, found)
    read, data = _table(load, table, file, data, cursor)
    return _Ready(load, table, read, [*load.damaged, *_refused(load, table, data, cursor)])


def _write(
    ready: _Ready, writer: LakeWriter, connection: DuckDBPyConnection, progress: Progress
) -> Counts:
    name, whole = progress.next_batch(), ready.whole
    if whole is not None:
        folder, events = (
            writer.stage_file(Batch(SOURCE, name), whole.file, whole.places),
            whole.events,
        )
    else:
        folder, events = writer.stage(Batch(SOURCE, name), ready.table), _events(ready, connection)
    batch.stage(folder, PROGRESS, name, ready.bad)
    writer.publish(name, [folder], progress.checkpoint(ready.load.marks))
    progress.advance()
    return Counts(
        read=ready.read + len(ready.load.damaged),
        events=Counter(events),
        quarantined=by_reason(ready.bad),
    )


def _events(ready: _Ready, connection: DuckDBPyConnection) -> Mapping[str, int]:
    found = connection.execute(
        f"SELECT class_uid, count(*) FROM {ready.table} GROUP BY ALL"  # our own table
    ).fetchall()
    return {str(uid): count for uid, count in found}


def _table(
    load: _Load, table: str, file: Path, data: bytes, connection: DuckDBPyConnection
) -> tuple[int, bytes]:
    """Make a table of the load, and say how many records it had, and their lines."""
    try:
        return _created(table, file, data, connection), data
    except (duckdb.Error, NotALogFile):
        # A record of an odd form was cut at the wrong place, or one is damaged.
        data = b"\n".join(filter(None, (_mended(part, load) for part in load.parts)))
        return _created(table, file, data, connection), data


def _mended(part: Part, load: _Load) -> bytes:
    """The lines of a part as a JSON parser has them; what is no JSON goes to quarantine."""
    try:
        part.data = rejoined(part.data)
    except (NotALogFile, RecursionError):
        good = []
        for number, line in enumerate(part.data.split(b"\n"), 1):
            try:
                good.append(compact(json.loads(line)).encode())
            except (ValueError, RecursionError):
                text = line[:KEPT].decode("utf-8", "backslashreplace")
                load.damaged.append(Quarantined(part.place, number, "no JSON", text))
        part.data = b"\n".join(good)
    return part.data


def _created(table: str, file: Path, data: bytes, connection: DuckDBPyConnection) -> int:
    file.write_bytes(data)
    connection.execute(
        f"""CREATE OR REPLACE TABLE {table} AS SELECT * EXCLUDE (raw),
  CASE WHEN regexp_full_match(cloud.region, '[a-z0-9-]{{1,40}}') THEN cloud.region
    ELSE 'unknown' END AS region,
  CASE WHEN regexp_full_match(cloud.account.uid, '[0-9]{{12}}') THEN cloud.account.uid
    ELSE 'unknown' END AS "accountId",
  strftime(make_timestamp(time * 1000), '%Y%m%d') AS "eventDay",
  CASE WHEN time IS NULL OR nullif(metadata.uid, '') IS NULL OR nullif(api.operation, '') IS NULL
    OR nullif(api.service.name, '') IS NULL THEN CAST(raw AS VARCHAR) END AS refused
FROM ({select(source(file, data), raw=True)})"""
    )
    ((read,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    assert isinstance(read, int)  # noqa: S101
    return read


def _refused(
    load: _Load, table: str, data: bytes, connection: DuckDBPyConnection
) -> list[Quarantined]:
    """Take what is not a record of CloudTrail out of the table."""
    found = connection.execute(f"SELECT refused FROM {table} WHERE refused IS NOT NULL").fetchall()
    connection.execute(f"DELETE FROM {table} WHERE refused IS NOT NULL")
    connection.execute(f"ALTER TABLE {table} DROP COLUMN refused")
    if not found:
        return []
    places = _places(load, data, {raw for (raw,) in found})
    reason = "no CloudTrail record: event id, name, source or time is missing"
    return [Quarantined(*places.get(raw, ("", 0)), reason, raw) for (raw,) in found]


def _places(load: _Load, data: bytes, wanted: set[str]) -> Mapping[str, tuple[str, int]]:
    """File and line of records, by their text."""
    found: dict[str, tuple[str, int]] = {}
    lines = iter(data.split(b"\n"))
    for part in load.parts:
        for number, line in enumerate(islice(lines, part.count), 1):
            text = line.decode("utf-8", "replace")
            if text in wanted:
                found[text] = (part.place, number)
    return found
