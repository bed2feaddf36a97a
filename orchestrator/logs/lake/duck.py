"""DuckDB, the embedded engine: how it starts, and CloudTrail's files for it."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestrator.errors import OrchestratorError
from orchestrator.logs.json_path import compact
from orchestrator.logs.lake.dialects import DuckDialect
from orchestrator.model.exit_code import ExitCode

MEMORY = "450MB"
THREADS = 2
READ = "read_parquet(?, union_by_name = true, hive_partitioning = false)"


class LakeUnreadable(OrchestratorError):
    """Files of the lake that are not Parquet, or not OCSF."""

    exit_code = ExitCode.CONFIGURATION


def connect(
    memory: str = MEMORY, threads: int = THREADS, spill: Path | None = None
) -> DuckDBPyConnection:
    """An engine of its own in memory, that reads no settings and loads nothing from outside."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "threads": threads,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if spill is not None:
        settings["temp_directory"] = str(spill)
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET parquet_metadata_cache = true")
    return connection


def dialect_of(connection: DuckDBPyConnection, files: Sequence[Path]) -> DuckDialect:
    """The dialect for the columns that some files have, of all of them together.

    Raises LakeUnreadable, naming the file, if one is not Parquet.
    """
    try:
        relation = connection.execute(
            f"SELECT * FROM {READ} LIMIT 0",  # noqa: S608  # a literal of ours
            [[str(file) for file in files]],
        )
    except duckdb.Error as error:
        raise unreadable(files, error) from error
    found: dict[str, str] = {}
    for name, kind, *_ in relation.description or []:
        _add(name, kind, found)
    return DuckDialect(found, (path for path, kind in found.items() if kind == "map"))


def _add(path: str, kind: object, found: dict[str, str]) -> None:
    found[path] = str(getattr(kind, "id", ""))
    if found[path] == "struct":
        for name, inner in getattr(kind, "children", ()):
            _add(f"{path}.{name}", inner, found)


def unreadable(files: Sequence[Path], error: duckdb.Error) -> LakeUnreadable:
    first = str(error).splitlines()[0]
    where = files[0].parent if files else "the lake"
    return LakeUnreadable(
        f"{where}: {first}",
        "take the file out of the lake; it is not a Parquet file of OCSF events",
    )


HEAD, TAIL = b'{"Records":[', b"]}"
FIRST = b'{"eventVersion":'
BETWEEN, LINES = b"}," + FIRST, b"}\n" + FIRST
"""A record begins with its version. Inside a string, the quote would be escaped."""


USUAL, LARGEST = 1024 * 1024, 64 * 1024 * 1024
"""Bytes of a record. CloudTrail's own limit is 256 KB, but there are other exporters."""


MOST = 512 * 1024 * 1024
"""Bytes of a file, unpacked. CloudTrail's have some ten million at most."""


class NotALogFile(ValueError):
    """A file that is not what CloudTrail delivers."""


def contents(file: Path) -> bytes:
    """The file's bytes, uncompressed. Raises NotALogFile when it is cut off or damaged."""
    data = file.read_bytes()
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            found = stream.read(MOST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise NotALogFile(f"gzip: {error}") from error
    if len(found) > MOST:
        raise NotALogFile(f"gzip: it unpacks to more than {MOST} bytes")
    return found


def lines(data: bytes) -> bytes:
    """The records of a file, one a line, without a last newline.

    A file as CloudTrail writes it is cut at the borders; any other is parsed. Raises NotALogFile.
    """
    data = data.strip()
    if data.startswith(HEAD + FIRST) and data.endswith(b"}" + TAIL) and b"\n" not in data:
        return data[len(HEAD) : -len(TAIL)].replace(BETWEEN, LINES)
    return lines_parsed(data)


def source(file: Path, data: bytes, columns: str = "") -> str:
    """The lines in `file`, which are `data`, as a relation of DuckDB with the column `json`.

    Or with `columns`, a literal of names and types by which each line is parsed but once.

    The reader takes memory by the longest line that it is told to expect.
    """
    longest = longest_line(data)
    if longest > LARGEST:
        raise NotALogFile(f"a record of {longest} bytes; the limit is {LARGEST}")
    escaped = str(file).replace("'", "''")
    given = f"'{escaped}', maximum_object_size = {max(USUAL, longest + 1)}"
    if not columns:
        return f"read_ndjson_objects({given})"
    lines = "format = 'newline_delimited', records = true"
    return f"read_json({given}, {lines}, columns = {columns})"


def longest_line(data: bytes) -> int:
    """Length of the longest line, if it is longer than USUAL; else USUAL, found by leaps."""
    longest, start = USUAL, 0
    while len(data) - start > USUAL:
        end = data.rfind(b"\n", start, start + USUAL + 1)
        if end < 0:
            end = data.find(b"\n", start + USUAL)
            end = len(data) if end < 0 else end
            longest = max(longest, end - start)
        start = end + 1
    return longest


def rejoined(data: bytes) -> bytes:
    """Lines that were cut at the wrong place, put together again and parsed.

    A record may hold a list of objects that begin as records do.
    """
    return lines_parsed(b"[" + data.replace(b"\n", b",") + b"]")


def lines_parsed(data: bytes) -> bytes:
    """The same by a JSON parser, for a file of any layout."""
    return "\n".join(map(compact, parsed_records(data))).encode()


def parsed_records(data: bytes) -> Iterator[object]:
    """The records by a JSON parser, for files of another form: indented, or one record a line."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        if b"\n" not in data:
            raise NotALogFile(f"no JSON: {error}") from error
        yield from _by_line(data)
        return
    records = document.get("Records") if isinstance(document, dict) else document
    if records is None and isinstance(document, dict) and "eventID" in document:
        records = [document]
    if not isinstance(records, list):
        raise NotALogFile("no list 'Records'")
    yield from records


def _by_line(data: bytes) -> Iterator[object]:
    for number, line in enumerate(data.splitlines(), 1):
        try:
            if line.strip():
                yield json.loads(line)
        except (ValueError, RecursionError) as error:
            raise NotALogFile(f"line {number}: no JSON: {error}") from error
