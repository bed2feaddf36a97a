"""Lakes that DuckDB reads: Parquet in Security Lake's layout, CloudTrail's own files, or both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from duckdb import DuckDBPyConnection

from orchestrator.logs.event import Event, event
from orchestrator.logs.json_path import Tree
from orchestrator.logs.lake import objects
from orchestrator.logs.lake import question as asking
from orchestrator.logs.lake.dialects import Condition, DuckDialect, every
from orchestrator.logs.lake.duck import (
    READ,
    NotALogFile,
    connect,
    contents,
    dialect_of,
    lines,
    rejoined,
    source,
    unreadable,
)
from orchestrator.logs.lake.objects import Hit, Objects, cloudtrail_files, partitions, sources
from orchestrator.logs.lake.queries import condition, needles
from orchestrator.logs.lake.question import (
    About,
    Answer,
    By,
    Calls,
    Lake,
    NoLake,
    Question,
    Touching,
    WithId,
    answer,
    matches,
)
from orchestrator.logs.ocsf.cloudtrail_sql import select

PATHS = (
    *(
        "actor.user.uid",
        "actor.user.uid_alt",
        "actor.session.issuer",
        "actor.user.credential_uid",
        "actor.user.name",
    ),
    *("api.request.data", "api.response.data", "resources", "unmapped", "metadata.uid"),
    *("api.operation", "api.service.name", "api.response.error", "src_endpoint.ip"),
    *("src_endpoint.svc_name", "http_request.user_agent", "actor.user.type", "cloud.region"),
    "status",
)
AHEAD = 64
"""Files that are fetched together."""

BYTES = 16 * 1024 * 1024


class RawLake:
    """Reads the files of the accounts, regions and days asked for.

    A file in which no name of the question stands is not taken apart. Damaged files are skipped
    and said in `limits`.
    """

    def __init__(self, objects: Objects, connection: DuckDBPyConnection | None = None) -> None:
        self._objects, self._connection = objects, connection or connect()
        self._damaged: dict[str, str] = {}

    @property
    def limits(self) -> tuple[str, ...]:
        return tuple(f"{name} was not read: {why}" for name, why in self._damaged.items())

    def ask(self, question: Question) -> Answer:
        return asking.answer(self._candidates(question), question)

    def count(self, question: Question) -> Mapping[str, int]:
        found = {e.uid: e for e in self._candidates(question) if asking.matches(e, question)}
        return Counter(each.name for each in found.values())

    def _candidates(self, question: Question) -> Iterator[Event]:
        names = list(cloudtrail_files(self._objects, question.window, question.scope))
        wanted = [needle.encode() for needle in words(question.about)]
        with TemporaryDirectory(prefix="orchestrator-lake-") as folder:
            file = Path(folder) / "records.ndjson"
            for batch in self._batches(names, wanted):
                try:
                    rows = self._asked(file, batch, question)
                except duckdb.InvalidInputException:
                    rows = self._asked(file, rejoined(batch), question)
                yield from map(event, rows)

    def _batches(self, names: Sequence[str], wanted: Sequence[bytes]) -> Iterator[bytes]:
        parts: list[bytes] = []
        for name, file in self._fetched(names):
            try:
                data = contents(file)
                if not wanted or any(needle in data for needle in wanted):
                    parts.append(lines(data))
            except NotALogFile as error:
                self._damaged[name] = str(error)
            if sum(map(len, parts)) >= BYTES:
                yield b"\n".join(parts)
                parts = []
        if parts:
            yield b"\n".join(parts)

    def _fetched(self, names: Sequence[str]) -> Iterator[tuple[str, Path]]:
        """Many at once: one after the other, each would wait for S3 on its own."""
        for start in range(0, len(names), AHEAD):
            some = names[start : start + AHEAD]
            yield from zip(some, self._objects.local(some), strict=True)

    def _asked(self, file: Path, batch: bytes, question: Question) -> list[Tree]:
        file.write_bytes(batch)
        narrowed = condition(question.about, DuckDialect(PATHS))
        rows_of_batch = select(source(file, batch))
        query = f"""SELECT CAST(to_json(e) AS VARCHAR) FROM ({rows_of_batch}) AS e
WHERE e.time >= ? AND e.time < ? AND {narrowed.sql}"""  # noqa: S608  # parameters are bound
        parameters = [*question.window.milliseconds, *narrowed.parameters]
        rows = self._connection.cursor().execute(query, parameters).fetchall()
        return [json.loads(row) for (row,) in rows]


def words(about: About) -> tuple[str, ...]:
    """Texts of which at least one stands in every file that holds a matching event."""
    match about:
        case Touching(names):
            return needles(names, quoted=False)
        case By(arns, keys, names):
            return needles((*arns, *keys, *names), quoted=False)
        case WithId(ids):
            return ids
        case Calls(names):
            return names
        case _:
            return ()


TIMES = 500
"""So many moments are asked for at a time."""


class ParquetLake:
    """Reads only partitions of the accounts, regions and days asked for, and of those only what
    the index names, where there is one.
    """

    limits: tuple[str, ...] = ()

    def __init__(self, objects: Objects, connection: DuckDBPyConnection | None = None) -> None:
        self._objects = objects
        self._connection = connection or connect()

    def ask(self, question: Question) -> Answer:
        return answer(self._candidates(question), question)

    def count(self, question: Question) -> Mapping[str, int]:
        found = {e.uid: e for e in self._candidates(question) if matches(e, question)}
        return Counter(each.name for each in found.values())

    def _candidates(self, question: Question) -> Iterator[Event]:
        for each in sources(self._objects):
            yield from self._of_source(each, question)

    def _of_source(self, source: str, question: Question) -> Iterator[Event]:
        about = question.about
        index = objects.covering(self._objects, source, question.window)
        if index and isinstance(about, Touching) and all(map(objects.indexed, about.names)):
            connection, window = self._connection, question.window
            hits = objects.look_up(connection, self._objects, index, about.names, window)
            yield from self._at(source, hits, index, question)
            files = self._files(source, question)
            left = sorted(set(files) - objects.covered(files, index))
        else:
            left = self._files(source, question)
        yield from self._scanned(left, question)

    def _files(self, source: str, question: Question) -> list[str]:
        found: list[str] = []
        for each in partitions(self._objects, source, question.window, question.scope):
            found += self._objects.files(each.prefix)
        return [name for name in found if name.endswith(".parquet")]

    def _at(
        self, source: str, hits: Iterable[Hit], index: Sequence[str], question: Question
    ) -> Iterator[Event]:
        """The events the index has named: a file is opened for the times in it alone."""
        times: dict[str, list[int]] = {}
        for hit in hits:
            if question.scope.holds(hit.account, hit.region):
                prefix = objects.partition_of(source, hit).prefix
                times.setdefault(prefix, []).append(hit.time)
        for prefix, moments in times.items():
            files = objects.covered(self._objects.files(prefix), index)
            for start in range(0, len(moments), TIMES):
                some = moments[start : start + TIMES]
                marks = ", ".join("?" for _ in some)
                yield from self._rows(sorted(files), Condition(f"e.time IN ({marks})", (*some,)))

    def _scanned(self, files: Sequence[str], question: Question) -> Iterator[Event]:
        if not files:
            return
        dialect = dialect_of(self._connection, self._objects.local(files))
        narrowed = condition(question.about, dialect)
        yield from self._rows(files, every((dialect.window(question.window), narrowed)))

    def _rows(self, files: Sequence[str], where: Condition) -> Iterator[Event]:
        local = self._objects.local(files)
        for row in rows(self._connection, local, where):
            yield event(row)


def rows(connection: DuckDBPyConnection, files: Sequence[Path], where: Condition) -> Iterator[Tree]:
    """The rows of Parquet files that meet a condition, as trees."""
    if not files:
        return
    query = f"SELECT CAST(to_json(e) AS VARCHAR) FROM {READ} AS e WHERE {where.sql}"  # noqa: S608  # parameters are bound
    try:
        cursor = connection.cursor().execute(query, [[str(f) for f in files], *where.parameters])
        while batch := cursor.fetchmany(1000):
            for (row,) in batch:
                yield json.loads(row)
    except duckdb.Error as error:
        raise unreadable(files, error) from error


class BothLakes:
    """Several lakes asked one after the other; an event that is in two of them counts once."""

    def __init__(self, lakes: Sequence[Lake]) -> None:
        self._lakes = tuple(lakes)

    @property
    def limits(self) -> tuple[str, ...]:
        return tuple(limit for lake in self._lakes for limit in lake.limits)

    def ask(self, question: Question) -> Answer:
        answers = [lake.ask(question) for lake in self._lakes]
        both = answer((event for each in answers for event in each.events), question)
        return Answer(both.events, both.more or any(each.more for each in answers))

    def count(self, question: Question) -> Mapping[str, int]:
        found = self.ask(question)
        return Counter(each.name for each in found.events)


def opened(objects: Objects, where: str) -> Lake:
    """The lake in `objects`: Parquet in Security Lake's layout, CloudTrail's files, or both.

    Raises NoLake, naming `where`, when there is neither.
    """
    lakes: list[Lake] = []
    if sources(objects):
        lakes.append(ParquetLake(objects))
    if any("AWSLogs" in objects.folders(top) for top in ("", *_below(objects))):
        lakes.append(RawLake(objects))
    if not lakes:
        raise NoLake(
            f"{where}: no lake: neither aws/ nor ext/ as Security Lake has them, nor AWSLogs/",
            "name the folder above them, or make one: orchestrator logs ingest FILES --lake FOLDER",
        )
    return lakes[0] if len(lakes) == 1 else BothLakes(lakes)


def _below(objects: Objects) -> list[str]:
    return [f"{name}/" for name in objects.folders("")]
