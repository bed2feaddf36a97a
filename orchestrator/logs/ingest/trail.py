# ruff: noqa: S608  # table names are our own, and values are bound
"""CloudTrail's files into the lake, some tens of thousands of records at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestrator.logs.ingest import batch
from orchestrator.logs.ingest.batch import (
    DONE,
    Counts,
    Progress,
    Quarantined,
    alone,
    by_reason,
    fingerprint,
)
from orchestrator.logs.lake.duck import NotALogFile, connect, contents, lines, lines_parsed, source
from orchestrator.logs.lake.writer import DAY, OPTIONS, Batch, LakeWriter, Place
from orchestrator.logs.ocsf.cloudtrail_sql import USUAL, names, select, typed

REGION, ACCOUNT, DATE = (
    re.compile(pattern) for pattern in (r"[a-z0-9-]{1,40}", r"[0-9]{12}", r"[0-9]{8}")
)
GROUPS = f"""SELECT cloud.region, cloud.account.uid, {DAY}, class_uid, count(*),
  bool_or(time IS NULL OR nullif(metadata.uid, '') IS NULL OR nullif(api.operation, '') IS NULL
    OR nullif(api.service.name, '') IS NULL)
FROM read_parquet($1) GROUP BY ALL"""


@dataclass(frozen=True, slots=True)
class Whole:
    """A file of events, where they belong, and how many there are of each class."""

    file: Path
    places: Sequence[Place]
    events: Mapping[str, int]

    @property
    def read(self) -> int:
        return sum(self.events.values())


def written(data: bytes, lines: Path, connection: DuckDBPyConnection) -> Whole | None:
    """The records in `data`, one a line, as Parquet beside `lines`; None if one of them is odd:
    no JSON, no record, with an unknown name, or of a place that may not stand in a path.
    """
    file = lines.with_suffix(".parquet")
    lines.write_bytes(data)
    try:
        relation = source(lines, data)
        if not _usual(connection, relation):
            return None
        query = select(source(lines, data, typed()), usual=True)
        escaped = str(file).replace("'", "''")
        connection.execute(f"COPY ({query}) TO '{escaped}' ({OPTIONS})")
        groups = connection.execute(GROUPS, [str(file)]).fetchall()
    except (duckdb.Error, NotALogFile):
        return None
    return _whole(file, groups)


def _usual(connection: DuckDBPyConnection, relation: str) -> bool:
    """Whether every record is an object with names that are known, none of them twice."""
    found = [keys for (keys,) in connection.execute(names(relation)).fetchall()]
    return bool(found) and all(
        keys and USUAL.issuperset(keys) and len({*keys}) == len(keys) for keys in found
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
    """Records that go into one batch, one a line, and the files they are from."""

    parts: list[bytes] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    paths: list[Path] = field(default_factory=list)
    damaged: list[Quarantined] = field(default_factory=list)
    size: int = 0

    def full(self) -> bool:
        return self.size >= BYTES or len(self.files) >= FILES

    def enough(self, folder: Path) -> bool:
        """Whether to stop before `folder`: a batch of one day is not taken apart again."""
        return self.size >= BYTES // 4 and self.paths[-1].parent != folder


@dataclass(frozen=True, slots=True)
class _Ready:
    """A load whose records are in a table, or in a file of Parquet if none of them is odd."""

    load: _Load
    table: str
    read: int
    bad: list[Quarantined]
    whole: Whole | None = None


def ingest_trail(files: Sequence[Path], lake: Path) -> Counts:
    """Read `files`, in the order given, into the lake. Files that were read before are left out.

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
        if load.enough(file.parent):
            yield load
            load = _Load()
        name = fingerprint(file)
        if progress.offset(name) == DONE or name in load.files:
            counts.known += 1
            continue
        try:
            data = lines(contents(file))
        except (NotALogFile, UnicodeDecodeError) as error:
            load.damaged.append(Quarantined(str(file), 0, f"not read: {error}", ""))
            data = b""
        if data:
            load.parts.append(data)
            load.paths.append(file)
        load.files[name] = DONE
        load.size += len(data)
        if load.full():
            yield load
            load = _Load()
    if load.files:
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
    data = b"\n".join(load.parts)
    load.parts.clear()
    found = written(data, file, cursor)
    if found is not None:
        return _Ready(load, table, found.read, load.damaged, found)
    read = _table(load, table, file, data, cursor)
    return _Ready(load, table, read, [*load.damaged, *_refused(table, cursor)])


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
    writer.publish(name, [folder], progress.checkpoint(ready.load.files))
    progress.advance(ready.load.files)
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


def _table(load: _Load, table: str, file: Path, data: bytes, connection: DuckDBPyConnection) -> int:
    """Make a table of the load, and say how many records it had."""
    try:
        return _created(table, file, data, connection)
    except (duckdb.Error, NotALogFile):
        # A record of an odd form was cut at the wrong place, or one is damaged: take the files
        # apart properly.
        return _created(table, file, b"\n".join(_parsed(load)), connection)


def _parsed(load: _Load) -> Iterator[bytes]:
    for path in load.paths:
        try:
            yield lines_parsed(contents(path))
        except (NotALogFile, UnicodeDecodeError) as error:
            load.damaged.append(Quarantined(str(path), 0, f"not read: {error}", ""))


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


def _refused(table: str, connection: DuckDBPyConnection) -> list[Quarantined]:
    """Take what is not a record of CloudTrail out of the table."""
    found = connection.execute(
        f"SELECT refused, time_dt FROM {table} WHERE refused IS NOT NULL"
    ).fetchall()
    if found:
        connection.execute(f"DELETE FROM {table} WHERE refused IS NOT NULL")
    connection.execute(f"ALTER TABLE {table} DROP COLUMN refused")
    return [
        Quarantined("", 0, "no CloudTrail record: event id, name, source or time is missing", raw)
        for raw, _ in found
    ]
