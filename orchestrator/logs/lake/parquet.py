"""The engine that asks DuckDB over OCSF Parquet in Security Lake's layout."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestrator.logs.event import Event
from orchestrator.logs.json_path import Tree
from orchestrator.logs.lake import tokens
from orchestrator.logs.lake.duck import READ, DuckDialect, connect, paths_of, unreadable
from orchestrator.logs.lake.objects import Objects, partitions, sources
from orchestrator.logs.lake.question import Answer, Question, Touching, answer, matches
from orchestrator.logs.lake.sql import Condition, condition
from orchestrator.logs.lake.tokens import Hit
from orchestrator.logs.ocsf.events import event

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
        for source in sources(self._objects):
            yield from self._of_source(source, question)

    def _of_source(self, source: str, question: Question) -> Iterator[Event]:
        about = question.about
        index = tokens.covering(self._objects, source, question.window)
        if index and isinstance(about, Touching) and all(map(tokens.indexed, about.names)):
            connection, window = self._connection, question.window
            hits = tokens.look_up(connection, self._objects, index, about.names, window)
            yield from self._at(source, hits, index, question)
            files = self._files(source, question)
            left = sorted(set(files) - tokens.covered(files, index))
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
                prefix = tokens.partition_of(source, hit).prefix
                times.setdefault(prefix, []).append(hit.time)
        for prefix, moments in times.items():
            files = tokens.covered(self._objects.files(prefix), index)
            for start in range(0, len(moments), TIMES):
                some = moments[start : start + TIMES]
                marks = ", ".join("?" for _ in some)
                yield from self._rows(sorted(files), Condition(f"e.time IN ({marks})", (*some,)))

    def _scanned(self, files: Sequence[str], question: Question) -> Iterator[Event]:
        if not files:
            return
        paths = paths_of(self._connection, self._objects.local(files))
        narrowed = condition(question.about, DuckDialect(paths))
        window = Condition("e.time >= ? AND e.time < ?", question.window.milliseconds)
        both = Condition(
            f"{window.sql} AND {narrowed.sql}", (*window.parameters, *narrowed.parameters)
        )
        yield from self._rows(files, both)

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
