# ruff: noqa: S608  # tables and columns are our own, and values are bound
"""Logs of all kinds into the lake, some thousands of records at a time."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from duckdb import DuckDBPyConnection

from orchestrator.errors import UsageError
from orchestrator.logs.ingest import batch as quarantine
from orchestrator.logs.ingest.batch import Counts, Progress, Quarantined, alone, by_reason
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
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Skipped, Unparsed
from orchestrator.logs.ingest.records import LONGEST, UNKNOWN, Raw, opened, records, skip
from orchestrator.logs.json_path import at, compact, items
from orchestrator.logs.lake.duck import connect
from orchestrator.logs.lake.writer import Batch, LakeWriter
from orchestrator.logs.ocsf.classes import COLUMNS, types

RECORDS, BYTES = 50_000, 32 * 1024 * 1024
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
    """Events by class, written as JSON, and records that are not events."""

    events: dict[int, list[str]] = field(default_factory=dict)
    bad: list[Quarantined] = field(default_factory=list)
    flagged: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    read: int = 0
    size: int = 0


def ingest_logs(files: Sequence[Path], lake: Path, settings: Settings) -> Counts:
    """Read `files` into the lake, each from where an earlier ingest has stopped."""
    counts = Counts()
    with alone(lake):
        ingest = _Ingest(lake, settings)
        for file in files:
            name = ingest.progress.name_of(file)
            counts.files += 1
            with opened(file) as stream:
                start = ingest.progress.offset(name)
                counts.known += bool(start)
                written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
                head = _head(stream) if start else ""
                skip(stream, start)
                counts.add(ingest.stream(stream, str(file), name, start, written, head))
    return counts


def ingest_stream(stream: BinaryIO, lake: Path, settings: Settings) -> Counts:
    """Read a stream to its end. It has no name, so nothing is remembered of it."""
    with alone(lake):
        ingest = _Ingest(lake, settings)
        counts = ingest.stream(stream, "-", "", 0, settings.now)
        counts.files = 1
        return counts


class _Ingest:
    """A writer, and the progress of one source."""

    def __init__(self, lake: Path, settings: Settings) -> None:
        self._settings = settings
        self._connection: DuckDBPyConnection = connect(spill=lake / ".spill")
        self._writer = LakeWriter(lake, self._connection)
        self._writer.recover()
        self.progress = Progress(lake, settings.source)

    def stream(
        self, stream: BinaryIO, file: str, name: str, start: int, written: datetime, head: str = ""
    ) -> Counts:
        """`head` is needed where reading does not start at the beginning."""
        counts, load = Counts(), _Load()
        context = Context(self._settings.zone, self._settings.now, written, head)
        end = start
        place = f"{file} from byte {start}" if start else file
        known = f"{name or file}\0{start}"
        for raw in records(stream, start):
            if not start and raw.line <= HEAD:
                context = replace(context, head=f"{context.head}{raw.text}\n")
            self._take(raw, load, place, known, context)
            if raw.end != UNKNOWN:
                end = raw.end
                if load.read >= self._settings.records or load.size >= BYTES:
                    counts.add(self._write(load, name, end))
                    load = _Load()
        if load.read:
            counts.add(self._write(load, name, end))
        return counts

    def _take(self, raw: Raw, load: _Load, file: str, known: str, context: Context) -> None:
        load.read += 1
        load.size += len(raw.text)
        try:
            event = parse(raw, self._settings.format, context)
        except Unparsed as error:
            load.bad.append(Quarantined(file, raw.line, str(error), raw.text))
            return
        except Skipped as reason:
            load.skipped[str(reason)] += 1
            return
        class_uid = event["class_uid"]
        assert isinstance(class_uid, int)  # noqa: S101
        load.flagged.update(str(label) for label in items(event, "metadata.labels"))
        digest = sha256(f"{known}\0{raw.line}\0{raw.key}\0{raw.text}".encode()).hexdigest()[:32]
        load.events.setdefault(class_uid, []).append(row(event, raw.text, digest))

    def _write(self, load: _Load, name: str, end: int) -> Counts:
        batch = self.progress.next_batch()
        folders = [self._stage(batch, uid, rows) for uid, rows in load.events.items()]
        bad = self._writer.staging / f"{batch}-bad"
        quarantine.stage(bad, self._settings.source, batch, load.bad)
        offsets = {name: end} if name else {}
        self._writer.publish(batch, [*folders, bad], self.progress.checkpoint(offsets))
        self.progress.advance(offsets)
        return Counts(
            read=load.read,
            events=Counter({str(uid): len(rows) for uid, rows in load.events.items()}),
            quarantined=by_reason(load.bad),
            skipped=load.skipped,
            flagged=load.flagged,
        )

    def _stage(self, batch: str, class_uid: int, rows: Sequence[str]) -> Path:
        """The rows of a class as a table, and that beside the lake."""
        file = self._writer.staging / "rows.ndjson"
        file.write_text("\n".join(rows), "utf-8")
        columns = types(class_uid)
        listed = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
        region, account = _owner(class_uid)
        self._connection.execute(
            "CREATE OR REPLACE TABLE rows AS SELECT *, "
            f'{region} AS region, {account} AS "accountId", '
            "strftime(make_timestamp(time * 1000), '%Y%m%d') AS \"eventDay\" "
            f"FROM read_json($3, format = 'newline_delimited', columns = {{{listed}}}, "
            "maximum_object_size = 33554432)",
            [self._settings.region, self._settings.account, str(file)],
        )
        source = f"ext/{self._settings.source}-{class_uid}/"
        return self._writer.stage(
            Batch(source, f"{batch}-{self._settings.source}-{class_uid}", indexed=False), "rows"
        )


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


def _head(stream: BinaryIO) -> str:
    """The first lines of a file, as they are read."""
    lines = b"".join(stream.readline(LONGEST) for _ in range(HEAD))
    return lines.decode("utf-8", "backslashreplace").replace("\r\n", "\n")


@lru_cache(64)
def _headed(head: str) -> str:
    return next((name for name, heads in HEADS.items() if heads(head)), "")


def _recognized(text: str, head: str) -> str:
    if named := _headed(head):
        return named
    for name, looks in SIGNS.items():
        if looks(text):
            return name
    raise Unparsed("no known format")


def row(event: Ocsf, raw: str, uid: str) -> str:
    """The event as a line of JSON in the lake's columns; the record itself goes with it."""
    metadata = at(event, "metadata")
    assert isinstance(metadata, dict)  # noqa: S101
    unmapped = event.get("unmapped")
    whole = {
        **event,
        "metadata": {**metadata, "uid": uid},
        "raw_data": raw,
        **({"unmapped": compact(unmapped)} if unmapped else {}),
    }
    # Half a surrogate pair is not Unicode, and not Parquet: it is written as an escape is read.
    return json.dumps(whole, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
