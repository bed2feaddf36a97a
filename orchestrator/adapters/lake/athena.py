"""A lake in an S3 bucket: its objects, kept on disk as far as they were asked for, and Athena.

Objects are listed level by level; Athena is asked where the bucket has tables.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.files import PART, write
from orchestrator.errors import AwsDenied
from orchestrator.logs.event import Event
from orchestrator.logs.lake.athena import athena_event, athena_query
from orchestrator.logs.lake.question import Answer, Question, answer, matches

AT_ONCE = 16
KEPT = 5 * 1024**3


class S3Objects:
    """Objects below `prefix` of a bucket.

    A lake's objects are written once and never changed, so one that was fetched stays good. The
    folder `kept` is held below `limit` bytes: what was used least of late goes first.
    """

    def __init__(
        self, session: AwsSession, bucket: str, prefix: str, kept: Path, limit: int = KEPT
    ) -> None:
        self._session, self._bucket, self._limit = session, bucket, limit
        self._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        self._kept = kept / sha256(bucket.encode()).hexdigest()[:16]
        self._listed: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._used: int | None = None

    def folders(self, prefix: str) -> Sequence[str]:
        return self._list(prefix)[0]

    def files(self, prefix: str) -> Sequence[str]:
        return self._list(prefix)[1]

    def local(self, names: Sequence[str]) -> Sequence[Path]:
        self._kept.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(self._fetched, names))
        files = [file for file, _ in found]
        self._forget({*files}, sum(fetched for _, fetched in found))
        return files

    def _list(self, prefix: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if prefix not in self._listed:
            folders: list[str] = []
            files: list[str] = []
            token: dict[str, str] = {}
            while True:
                page = self._session.call(
                    "s3",
                    "ListObjectsV2",
                    Bucket=self._bucket,
                    Prefix=self._prefix + prefix,
                    Delimiter="/",
                    **token,
                )
                folders += [
                    each["Prefix"].split("/")[-2] for each in page.get("CommonPrefixes", [])
                ]
                files += [each["Key"][len(self._prefix) :] for each in page.get("Contents", [])]
                if not page.get("IsTruncated"):
                    break
                token = {"ContinuationToken": page["NextContinuationToken"]}
            self._listed[prefix] = tuple(sorted(folders)), tuple(sorted(files))
        return self._listed[prefix]

    def _fetched(self, name: str) -> tuple[Path, int]:
        """Kept by the digest of its key, which is not a path; and the bytes that were fetched."""
        ending = "".join(Path(name).suffixes[-2:])
        safe = ending if ending.replace(".", "").isalnum() else ""
        file = self._kept / f"{sha256(name.encode()).hexdigest()}{safe}"
        with contextlib.suppress(FileNotFoundError):
            os.utime(file)
            return file, 0
        body = self._session.read(self._bucket, self._prefix + name)
        write(file, body)
        return file, len(body)

    def _forget(self, in_use: set[Path], fetched: int) -> None:
        """Looks through the folder once, and again only when what was fetched since fills it."""
        if self._used is not None:
            self._used += fetched
        if self._used is None or self._used > self._limit:
            self._used = self._made_room(in_use)

    def _made_room(self, in_use: set[Path]) -> int:
        """The bytes that are left."""
        used = left = 0
        for _, size, file in sorted(self._by_age(), reverse=True):
            used += size
            if used > self._limit and file not in in_use:
                file.unlink(missing_ok=True)
            else:
                left += size
        return left

    def _by_age(self) -> Iterator[tuple[float, int, Path]]:
        for file in self._kept.iterdir():
            if file.suffix == PART:
                continue  # another run is writing it
            with contextlib.suppress(FileNotFoundError):  # another run has just forgotten it
                seen = file.stat()
                yield seen.st_mtime, seen.st_size, file


PAUSE, PATIENCE = 0.5, 600


@dataclass(frozen=True, slots=True)
class Table:
    """Where Security Lake's events of CloudTrail are."""

    database: str
    name: str
    workgroup: str
    output: str = ""
    """s3://… for results, where the workgroup does not say."""


class AthenaLake:
    """Asks Athena, waits for the answer and reads its pages."""

    limits: tuple[str, ...] = ()

    def __init__(
        self, session: AwsSession, table: Table, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._session, self._table, self._sleep = session, table, sleep

    def ask(self, question: Question) -> Answer:
        """Rows are asked for ten times more, while those there are hold fewer events than wanted
        and Athena has more.
        """
        rows = question.limit + 1
        while True:
            candidates = list(self._candidates(question, rows))
            found = answer(candidates, question)
            if found.more or len(candidates) < rows:
                return found
            rows *= 10

    def count(self, question: Question) -> Mapping[str, int]:
        found = {e.uid: e for e in self._candidates(question, None) if matches(e, question)}
        return Counter(each.name for each in found.values())

    def _candidates(self, question: Question, rows: int | None) -> Iterator[Event]:
        place = self._table
        asked = athena_query(
            question, place.database, place.name, place.workgroup, place.output, rows
        )
        started = self._session.call("athena", "StartQueryExecution", "", **asked.request())
        execution: str = started["QueryExecutionId"]
        self._wait(execution)
        yield from self._rows(execution)

    def _wait(self, execution: str) -> None:
        for _ in range(int(PATIENCE / PAUSE)):
            status = self._session.call("athena", "GetQueryExecution", QueryExecutionId=execution)[
                "QueryExecution"
            ]["Status"]
            if status["State"] == "SUCCEEDED":
                return
            if status["State"] in ("FAILED", "CANCELLED"):
                why = status.get("StateChangeReason", status["State"])
                raise AwsDenied("unknown", self._table.workgroup, "athena:StartQueryExecution", why)
            self._sleep(PAUSE)
        self._session.call("athena", "StopQueryExecution", QueryExecutionId=execution)
        raise AwsDenied("unknown", self._table.workgroup, "athena:GetQueryExecution", "timed out")

    def _rows(self, execution: str) -> Iterator[Event]:
        """The first row of the first page has the columns' names."""
        names: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = self._session.call(
                "athena", "GetQueryResults", QueryExecutionId=execution, **token
            )
            for row in page["ResultSet"]["Rows"]:
                values = [cell.get("VarCharValue") for cell in row["Data"]]
                if not names:
                    names = [value or "" for value in values]
                    continue
                yield athena_event(dict(zip(names, values, strict=True)))
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}
