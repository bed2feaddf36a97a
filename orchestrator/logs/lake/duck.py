"""DuckDB, the embedded engine: how it is started, and its dialect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestrator.errors import OrchestratorError
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


class DuckDialect:
    """SQL over the row `e` of a table whose columns are known."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)

    def column(self, path: str) -> str | None:
        if path not in self._paths:
            return None
        return "e." + ".".join(f'"{name}"' for name in path.split("."))

    def text(self, path: str) -> str | None:
        column = self.column(path)
        return None if column is None else f"CAST({column} AS VARCHAR)"

    def contains(self, text: str) -> str:
        return f"contains({text}, ?)"

    def ends_with(self, text: str) -> str:
        return f"ends_with({text}, ?)"


def paths_of(connection: DuckDBPyConnection, files: Sequence[Path]) -> frozenset[str]:
    """Dotted names of all columns and of the fields in them.

    Raises LakeUnreadable, naming the file, if one is not Parquet.
    """
    try:
        relation = connection.execute(
            f"SELECT * FROM {READ} LIMIT 0",  # noqa: S608  # a literal of ours
            [[str(file) for file in files]],
        )
    except duckdb.Error as error:
        raise unreadable(files, error) from error
    found: set[str] = set()
    for name, kind, *_ in relation.description or []:
        _add(name, kind, found)
    return frozenset(found)


def _add(path: str, kind: object, found: set[str]) -> None:
    found.add(path)
    if getattr(kind, "id", "") == "struct":
        for name, inner in getattr(kind, "children", ()):
            _add(f"{path}.{name}", inner, found)


def unreadable(files: Sequence[Path], error: duckdb.Error) -> LakeUnreadable:
    first = str(error).splitlines()[0]
    where = files[0].parent if files else "the lake"
    return LakeUnreadable(
        f"{where}: {first}",
        "take the file out of the lake; it is not a Parquet file of OCSF events",
    )
