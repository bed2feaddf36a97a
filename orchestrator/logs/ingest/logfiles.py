# ruff: noqa: S608  # tables and columns are our own, and values are bound
"""Logs of all kinds into the lake, some thousands of records at a time."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from duckdb import DuckDBPyConnection

from orchestrator.errors import UsageError
from orchestrator.logs.ingest import batch as quarantine
from orchestrator.logs.ingest.batch import (
    Counts,
    Mark,
    Progress,
    Quarantined,
    Reading,
    alone,
    beginning_of,
    by_reason,
    continued,
    name_of,
    passed_by,
)
from orchestrator.logs.ingest.formats import (
    auditd,
    cef,
    dns,
    eks,
    findings,
    firewall,
    flow,
    load_balancers,
    object_access,
    rds,
    syslog,
    waf,
    web,
    windows,
)
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed
from orchestrator.logs.ingest.pieces import Parsed, Piece, Start, Workers, by_name, full
from orchestrator.logs.ingest.records import UNKNOWN, Grouping, Raw, opened
from orchestrator.logs.lake.duck import connect
from orchestrator.logs.lake.writer import Batch, LakeWriter
from orchestrator.logs.ocsf.classes import COLUMNS, types

RECORDS, BYTES = 50_000, 32 * 1024 * 1024
MEMORY = "200MB"
SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,13}")
"""Security Lake allows 20 characters; the class takes five, the line between one."""

Parse = Callable[[str, Context], Ocsf]


def _auditd_alone(text: str) -> bool:
    return text.startswith(("type=", "node=")) and auditd.looks(text)


FORMATS: Mapping[str, Parse] = {
    "windows": windows.parse,
    "auditd": auditd.parse,
    "cef": cef.parse,
    "flow": flow.parse,
    "load-balancer": load_balancers.parse,
    "s3": object_access.parse,
    "cloudfront": object_access.parse_front,
    "resolver": dns.parse,
    "waf": waf.parse,
    "eks": eks.parse,
    "network-firewall": firewall.parse,
    "finding": findings.parse,
    "rds": rds.parse,
    "web": web.parse,
    "syslog": syslog.parse,
}
SIGNS: Mapping[str, Callable[[str], bool]] = {
    "resolver": dns.looks,
    "waf": waf.looks,
    "eks": eks.looks,
    "network-firewall": firewall.looks,
    "finding": findings.looks,
    "windows": windows.looks,
    "auditd": _auditd_alone,
    "cef": lambda text: text.startswith("CEF:"),
    "flow": flow.looks,
    "load-balancer": load_balancers.looks,
    "s3": object_access.looks,
    "cloudfront": object_access.front_looks,
    "rds": rds.looks,
    "web": web.looks,
    "syslog": syslog.looks,
}
"""How a record of each format is told from others, tried in this order."""

HEADS: Mapping[str, Callable[[str], bool]] = {
    "flow": flow.heads,
    "cloudfront": object_access.front_heads,
}
"""Formats whose files name their fields in the first lines, and so are known by those."""

STAMPED = re.compile(r"(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d[ .]|<\d{1,3}>1 \d{4}-")
"""Nothing else begins as most lines of syslog do."""

HEAD = 2
"""So many lines are a file's head."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is the same for all files of an ingest."""

    source: str
    format: str
    """A key of FORMATS, or `auto`."""
    zone: tzinfo
    now: datetime
    account: str = "000000000000"
    region: str = "local"
    log_format: str = ""
    """Apache's LogFormat, for access logs that are neither common nor combined."""
    records: int = RECORDS
    """How many are read before they are written."""

    def __post_init__(self) -> None:
        if not SOURCE.fullmatch(self.source):
            raise UsageError(
                f"'{self.source}' is not a name of a source",
                "use at most 14 letters, digits and dashes",
            )
        if not re.fullmatch(r"\d{12}", self.account) or not re.fullmatch(
            r"[a-z0-9-]{1,40}", self.region
        ):
            raise UsageError(
                f"'{self.account}' or '{self.region}' is not an account or region",
                "an account has 12 digits, a region small letters, digits and dashes",
            )


@dataclass(slots=True)
class _Load:
    """What goes into one batch: rows by class, in files, and the rest."""

    folder: Path
    files: dict[int, BinaryIO] = field(default_factory=dict)
    events: Counter[int] = field(default_factory=Counter)
    longest: dict[int, int] = field(default_factory=dict)
    bad: list[Quarantined] = field(default_factory=list)
    flagged: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    marks: dict[str, list[Mark]] = field(default_factory=dict)
    """By what their files are known by."""
    read: int = 0
    size: int = 0

    def take(self, found: Parsed, name: str, mark: Mark | None) -> None:
        for class_uid, rows in found.rows.items():
            file = self.files.get(class_uid)
            if file is None:
                self.folder.mkdir(parents=True, exist_ok=True)
                file = self.files[class_uid] = self.file(class_uid).open("wb")
            file.writelines(part for row in rows for part in (row, b"\n"))
            self.events[class_uid] += len(rows)
            self.size += sum(map(len, rows))
            self.longest[class_uid] = max(self.longest.get(class_uid, 0), *map(len, rows))
        self.bad += found.bad
        self.flagged += found.flagged
        self.skipped += found.skipped
        self.read += found.read
        self.size += sum(len(each.raw) for each in found.bad)
        if name and mark is not None:
            self.marks.setdefault(name, []).append(mark)

    def file(self, class_uid: int) -> Path:
        return self.folder / f"{class_uid}.ndjson"

    def counts(self) -> Counts:
        return Counts(
            read=self.read,
            events=by_name(self.events),
            quarantined=by_reason(self.bad),
            skipped=self.skipped,
            flagged=self.flagged,
        )


def ingest_logs(
    files: Sequence[Path], lake: Path, settings: Settings, start: Start | None = None
) -> Counts:
    """Read `files` into the lake, each from where an earlier ingest has stopped.

    `start` starts processes that parse, if there is much to do; without it, this one does it all.
    """
    with alone(lake):
        ingest = _Ingest(lake, settings, start)
        return ingest.run(ingest.pieces_of_all(files))


def ingest_stream(
    stream: BinaryIO, lake: Path, settings: Settings, start: Start | None = None
) -> Counts:
    """Read a stream to its end. It has no name, so nothing is remembered of it."""
    with alone(lake):
        ingest = _Ingest(lake, settings, start)
        ingest.counts.files = 1
        return ingest.run(ingest.pieces(stream, "-", Reading(), settings.now))


class _Ingest:
    """A writer, and the progress of one source."""

    def __init__(self, lake: Path, settings: Settings, start: Start | None) -> None:
        self._settings, self._start = settings, start
        self._connection: DuckDBPyConnection = connect(MEMORY, spill=lake / ".spill")
        self._writer = LakeWriter(lake, self._connection)
        self._writer.recover()
        self._progress = Progress(lake, settings.source)
        self.counts = Counts()

    def run(self, pieces: Iterator[Piece]) -> Counts:
        """Parse and write, batch by batch: one is written while the next is parsed."""
        number = 0
        load = _Load(self._writer.staging / "rows0")
        with Workers(parse, self._start) as workers, ThreadPoolExecutor(1) as beside:
            writing: Future[Counts] | None = None
            for piece, found in workers.each(pieces):
                load.take(found, piece.name, piece.mark)
                if load.read >= self._settings.records or load.size >= BYTES:
                    if writing is not None:
                        self.counts.add(writing.result())
                    writing = beside.submit(self._write, load)
                    number += 1
                    load = _Load(self._writer.staging / f"rows{number}")
            if writing is not None:
                self.counts.add(writing.result())
        if load.read or load.marks:
            self.counts.add(self._write(load))
        return self.counts

    def pieces_of_all(self, files: Sequence[Path]) -> Iterator[Piece]:
        for file in files:
            self.counts.files += 1
            written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            with opened(file) as stream:
                marks = self._progress.marks(beginning_of(stream))
                reading = continued(stream, marks or self._progress.old_marks(file))
                if reading.done:
                    self.counts.known += 1
                elif reading.position == reading.start:
                    yield from self._noted(self.pieces(stream, str(file), reading, written))
                else:
                    with opened(file) as again:
                        reading = passed_by(again, reading.start)
                        yield from self._noted(self.pieces(again, str(file), reading, written))

    def _noted(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        """The pieces of a file, which is known from now on."""
        for piece in pieces:
            assert piece.mark is not None  # noqa: S101
            piece.name = name_of(piece.head[: piece.mark.size])
            self._progress.note(piece.name, piece.mark)
            yield piece

    def pieces(
        self, stream: BinaryIO, file: str, reading: Reading, written: datetime
    ) -> Iterator[Piece]:
        """What comes from here on, cut between records, each with how far that was."""
        start = reading.start
        place = f"{file} from byte {start}" if start else file
        context = Context(
            self._settings.zone, self._settings.now, written, log_format=self._settings.log_format
        )
        grouping = Grouping(reading)

        def cut(taken: list[Raw], size: int, resume: int) -> Piece:
            return Piece(
                place,
                f"{name_of(reading.head)}\0{start}",
                self._settings.format,
                replace(context, head=_head(reading.head)),
                taken,
                reading.head,
                Mark(size, reading.digest.hexdigest(), resume),
            )

        taken: list[Raw] = []
        size = 0
        for raw in grouping.records(stream):
            taken.append(raw)
            size += len(raw.text)
            if UNKNOWN != raw.end < grouping.offset and full(taken, size):
                yield cut(taken, raw.end, raw.end)
                taken, size = [], 0
        if grouping.offset > start or taken:
            yield cut(taken, grouping.offset, grouping.offset - grouping.open)

    def _write(self, load: _Load) -> Counts:
        batch = self._progress.next_batch()
        for file in load.files.values():
            file.close()
        folders = [self._stage(batch, uid, load) for uid in load.events]
        bad = self._writer.staging / f"{batch}-bad"
        quarantine.stage(bad, self._settings.source, batch, load.bad)
        self._writer.publish(batch, [*folders, bad], self._progress.checkpoint(load.marks))
        self._progress.advance()
        shutil.rmtree(load.folder, ignore_errors=True)
        return load.counts()

    def _stage(self, batch: str, class_uid: int, load: _Load) -> Path:
        """The rows of a class as a table, and that beside the lake."""
        columns = types(class_uid)
        listed = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
        region, account = _owner(class_uid)
        longest = max(1024 * 1024, load.longest[class_uid] + 2)
        self._connection.execute(
            "CREATE OR REPLACE TABLE rows AS SELECT *, "
            f'{region} AS region, {account} AS "accountId", '
            "strftime(make_timestamp(time * 1000), '%Y%m%d') AS \"eventDay\" "
            f"FROM read_json($3, format = 'newline_delimited', columns = {{{listed}}}, "
            f"maximum_object_size = {longest})",
            [self._settings.region, self._settings.account, str(load.file(class_uid))],
        )
        source = f"ext/{self._settings.source}-{class_uid}/"
        staged = self._writer.stage(
            Batch(source, f"{batch}-{self._settings.source}-{class_uid}", indexed=False), "rows"
        )
        # Else it takes its memory beside the next batch's, until that has taken its place.
        self._connection.execute("DROP TABLE rows")
        return staged


def _owner(class_uid: int) -> tuple[str, str]:
    """SQL of the region and account that an event is kept under: its own, where it names them."""
    if "cloud.account.uid" not in COLUMNS[class_uid]:
        return "$1", "$2"
    return (
        "CASE WHEN regexp_full_match(cloud.region, '[a-z0-9-]{1,40}') "
        "THEN cloud.region ELSE $1 END",
        "CASE WHEN regexp_full_match(cloud.account.uid, '[0-9]{12}') "
        "THEN cloud.account.uid ELSE $2 END",
    )


def parse(raw: Raw, name: str, context: Context) -> Ocsf:
    """The event of a record. Raises Unparsed or Skipped, with the reason, if it is not an event."""
    if raw.problem:
        raise Unparsed(raw.problem)
    chosen = name if name != "auto" else _recognized(raw.text, context.head)
    try:
        return FORMATS[chosen](raw.text, context)
    except (ValueError, OverflowError, RecursionError, LookupError) as error:
        if isinstance(error, Unparsed):
            raise
        raise Unparsed(f"{chosen}: {type(error).__name__}") from error


def _head(beginning: bytes) -> str:
    """The first lines of a file, if it has some that are whole."""
    lines = beginning.splitlines(keepends=True)[:HEAD]
    return b"".join(lines).decode("utf-8", "backslashreplace").replace("\r\n", "\n")


@lru_cache(64)
def _headed(head: str) -> str:
    return next((name for name, heads in HEADS.items() if heads(head)), "")


def _recognized(text: str, head: str) -> str:
    if STAMPED.match(text):
        return "syslog"
    if named := _headed(head):
        return named
    for name, looks in SIGNS.items():
        if looks(text):
            return name
    raise Unparsed("no known format")
