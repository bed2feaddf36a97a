"""Batches of events into the lake's folder: Parquet by region, account and day, and its index.

A batch is first written beside the lake, then noted, then moved into place. The next writer
completes or drops a batch that was interrupted, so no event is there twice.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from duckdb import DuckDBPyConnection

from orchestrator.logs.lake import objects

STAGING = ".staging"
ROW_GROUP = 20_480
FEW = 8
"""So many partitions are written one by one, which takes less memory than all at once."""

DAY = "strftime(make_timestamp(time * 1000), '%Y%m%d')"

OPTIONS = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP}"

PART_NAME = "part"
"""How files begin that are not of a batch yet."""
EACH = "*/*/*/*.parquet"
"""The files of a folder of partitions."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a table that go into one source under one name."""

    source: str
    name: str
    """Letters, digits and dashes; files of the batch begin with it."""
    indexed: bool = True
    """Whether its table has the columns of calls, whose values the index holds."""


@dataclass(frozen=True, slots=True)
class Place:
    """A partition that rows belong to. Names that may stand in a path, which the caller checks."""

    region: str
    account: str
    day: str

    @property
    def folder(self) -> str:
        return f"region={self.region}/accountId={self.account}/eventDay={self.day}"


class LakeWriter:
    """Writes batches from tables of `connection` into a lake's folder.

    The tables must not be temporary: two cursors read them side by side.
    """

    def __init__(self, folder: Path, connection: DuckDBPyConnection) -> None:
        self._folder, self._connection = folder, connection
        self._staging = folder / STAGING

    @property
    def staging(self) -> Path:
        return self._staging

    def recover(self) -> None:
        """Complete what was noted, forget what was not; to begin with, and to end with."""
        for note in sorted(self._staging.glob("*.moves")):
            self._move(note)
        shutil.rmtree(self._staging, ignore_errors=True)
        self._staging.mkdir(parents=True)

    def stage(self, batch: Batch, table: str) -> Path:
        """Write the rows of `table` beside the lake. Nothing is in the lake yet."""
        folder = self._staging / batch.name
        shutil.rmtree(folder, ignore_errors=True)
        with ThreadPoolExecutor(1) as beside:
            index = folder / objects.index_prefix(batch.source)
            indexed = beside.submit(self._index, batch, table, index) if batch.indexed else None
            self._events(batch, table, folder / batch.source)
            if indexed:
                indexed.result()
        return folder

    def publish(self, name: str, folders: Sequence[Path], checkpoint: tuple[Path, str]) -> None:
        """Move staged batches into the lake together with the checkpoint, all or nothing."""
        moves = [
            (str(file.relative_to(self._folder)), str(file.relative_to(folder)))
            for folder in folders
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        ]
        file, text = checkpoint
        staged = self._staging / f"{name}.checkpoint"
        _write_durably(staged, text)
        moves.append((str(staged.relative_to(self._folder)), str(file.relative_to(self._folder))))
        note = self._staging / f"{name}.moves"
        _write_durably(note, json.dumps(moves))
        self._move(note)
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)

    def _move(self, note: Path) -> None:
        for source, target in json.loads(note.read_text("utf-8")):
            staged, final = self._folder / source, self._folder / target
            if staged.exists():
                final.parent.mkdir(parents=True, exist_ok=True)
                staged.replace(final)
        note.unlink()

    def _events(self, batch: Batch, table: str, folder: Path) -> None:
        found = self._connection.execute(
            f'SELECT DISTINCT region, "accountId", "eventDay" FROM {table}'  # noqa: S608  # our own table
        ).fetchall()
        if len(found) > FEW:
            folder.mkdir(parents=True)
            self._connection.execute(
                f"COPY (SELECT * FROM {table}) TO '{_quoted(folder)}' ({OPTIONS}, "  # noqa: S608
                'PARTITION_BY (region, "accountId", "eventDay"), '
                f"FILENAME_PATTERN '{batch.name}_{{i}}')"
            )
            return
        for region, account, day in found:
            inner = folder / f"region={region}" / f"accountId={account}" / f"eventDay={day}"
            inner.mkdir(parents=True)
            self._connection.execute(
                f'COPY (SELECT * EXCLUDE (region, "accountId", "eventDay") FROM {table} '  # noqa: S608
                'WHERE region = $1 AND "accountId" = $2 AND "eventDay" = $3) '
                f"TO '{_quoted(inner / batch.name)}_0.parquet' ({OPTIONS})",
                [region, account, day],
            )

    def _index(self, batch: Batch, table: str, folder: Path) -> None:
        connection = self._connection.cursor()
        days = connection.execute(f'SELECT DISTINCT "eventDay" FROM {table}').fetchall()  # noqa: S608
        found = _values(table, 'region, "accountId" AS account', '"eventDay" = $1')
        for (day,) in days:
            self._index_day(batch, folder, day, found, [day])

    def _index_day(
        self, batch: Batch, folder: Path, day: str, found: str, given: Sequence[object]
    ) -> None:
        inner = folder / f"eventDay={day}"
        inner.mkdir(parents=True)
        self._connection.cursor().execute(
            f"COPY ({found}) TO '{_quoted(inner / batch.name)}_0.parquet' ({OPTIONS})", given
        )

    def stage_file(self, batch: Batch, file: Path, places: Sequence[Place]) -> Path:
        """The same for rows in a Parquet file without columns for its place, of `places`.

        It is taken as it is if there is one place, or if it is a folder of partitions already:
        nothing is written twice.
        """
        folder = self._staging / batch.name
        shutil.rmtree(folder, ignore_errors=True)
        with ThreadPoolExecutor(1) as beside:
            indexed = beside.submit(self._index_file, batch, file, folder, places)
            if file.is_file() and len(places) > 1:
                query = f"SELECT * FROM '{_quoted(file)}'"  # noqa: S608  # our own file
                copy_by_place(self._connection, query, folder / batch.source, batch.name)
            indexed.result()
        if file.is_dir():
            for part in sorted(file.glob(EACH)):
                inner = folder / batch.source / part.parent.relative_to(file)
                inner.mkdir(parents=True, exist_ok=True)
                part.replace(inner / part.name.replace(PART_NAME, batch.name, 1))
        elif len(places) == 1:
            inner = folder / batch.source / places[0].folder
            inner.mkdir(parents=True)
            file.replace(inner / f"{batch.name}_0.parquet")
        return folder

    def _index_file(self, batch: Batch, file: Path, folder: Path, places: Sequence[Place]) -> None:
        index = folder / objects.index_prefix(batch.source)
        where = "cloud.region AS region, cloud.account.uid AS account"
        for day in sorted({place.day for place in places}):
            files = file / f"*/*/eventDay={day}/*.parquet" if file.is_dir() else file
            table = f"read_parquet('{_quoted(files)}', hive_partitioning = false)"
            found = _values(table, where, "time >= $1 AND time < $2")
            begin = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
            ends = (int(each.timestamp() * 1000) for each in (begin, begin + timedelta(days=1)))
            self._index_day(batch, index, day, found, [*ends])


def copy(connection: DuckDBPyConnection, query: str, file: Path) -> None:
    """Write the rows of a query into a file."""
    connection.execute(f"COPY ({query}) TO '{_quoted(file)}' ({OPTIONS})")


def copy_by_place(connection: DuckDBPyConnection, query: str, folder: Path, name: str) -> None:
    """Write the rows of a query into files in `folder`, by their places."""
    folder.mkdir(parents=True)
    connection.execute(
        f'COPY (SELECT *, cloud.region AS region, cloud.account.uid AS "accountId", {DAY} '  # noqa: S608
        f"AS \"eventDay\" FROM ({query})) TO '{_quoted(folder)}' ({OPTIONS}, "
        'PARTITION_BY (region, "accountId", "eventDay"), '
        f"FILENAME_PATTERN '{name}_{{i}}')"
    )


def _values(table: str, place: str, condition: str) -> str:
    found = " || ".join(
        f"coalesce(regexp_extract_all({text}, '{objects.VALUE}', 1), [])"
        for text in ("api.request.data", "api.response.data")
    )
    return f"""SELECT {objects.NUMBER}(value) AS token, time, region, account FROM (
  SELECT unnest({found} || coalesce(list_transform(resources, lambda x: x.uid), [])) AS value,
    time, {place}
  FROM {table} WHERE {condition}
) WHERE value IS NOT NULL ORDER BY token"""  # noqa: S608  # our own table


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _write_durably(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
