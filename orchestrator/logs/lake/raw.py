"""The engine that asks DuckDB over CloudTrail's own files, without a copy of them in the lake."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from duckdb import DuckDBPyConnection

from orchestrator.logs.event import Event
from orchestrator.logs.json_path import Tree
from orchestrator.logs.lake import question as asking
from orchestrator.logs.lake.duck import DuckDialect, connect
from orchestrator.logs.lake.objects import Objects, cloudtrail_files
from orchestrator.logs.lake.question import About, Answer, By, Calls, Question, Touching, WithId
from orchestrator.logs.lake.records import NotALogFile, contents, lines, rejoined, source
from orchestrator.logs.lake.sql import condition, needles
from orchestrator.logs.ocsf.cloudtrail_sql import select
from orchestrator.logs.ocsf.events import event

PATHS = (
    *("actor.user.uid", "actor.session.issuer", "actor.user.credential_uid", "actor.user.name"),
    *("api.request.data", "api.response.data", "resources", "unmapped", "metadata.uid"),
    "api.operation",
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
