"""Logs of a lake in files, asked by DuckDB who uses a resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import AwsDenied
from orchestrator.findings.evidence.lookup import NotCollected, Unanswered
from orchestrator.findings.evidence.question import Log
from orchestrator.findings.evidence.sql import TABLE, Dialect, Query
from orchestrator.logs.lake.duck import connect
from orchestrator.logs.lake.objects import Objects, partitions, sources
from orchestrator.logs.lake.question import Scope, Window

VIEW = "asked"
UNMAPPED = ("tlsDetails.tlsVersion", "additionalEventData.CipherSuite")
"""Keys that are asked for. Security Lake has a map of dotted keys, our own ingestion has JSON."""


class Duck:
    """DuckDB's SQL. Files are chosen by account, region and day: nothing more is to be said."""

    scoped = False

    def matches(self, text: str, pattern: str) -> str:
        return f"regexp_matches({text}, '{pattern}')"

    def names(self, list_: str) -> str:
        return f"len(list_filter({list_}, lambda r: r.uid = ? OR strpos(r.uid, ?) = 1)) > 0"

    def entry(self, map_: str, key: str) -> str:
        return f"map_extract_value({map_}, '{key}')"

    def millis(self, text: str, form: str) -> str:
        parsed = {
            "iso": f"CAST({text} AS TIMESTAMPTZ)",
            "s3": f"strptime({text}, '%d/%b/%Y:%H:%M:%S %z')",
            "cloudfront": f"strptime({text}, '%Y-%m-%d %H:%M:%S')",
        }[form]
        return f"epoch_ms({parsed})"


class DuckLogs:
    """The logs in `objects`, laid out as Security Lake does."""

    dialect: Dialect = Duck()

    def __init__(self, objects: Objects, connection: DuckDBPyConnection | None = None) -> None:
        self._objects, self._connection = objects, connection or connect()

    def rows(self, query: Query) -> Iterator[Mapping[str, Any]]:
        """Raises NotCollected where no file is of the account, region and days, and Unanswered."""
        files = self._files(query)
        if not files:
            raise NotCollected(query.log.value)
        try:
            self._table([str(file) for file in files]).create_view(VIEW, replace=True)
            found = self._connection.execute(
                query.sql.text.replace(TABLE, VIEW), list(query.sql.parameters)
            )
            names = [name for name, *_ in found.description or ()]
            for row in found.fetchall():
                yield dict(zip(names, row, strict=True))
        except duckdb.Error as error:
            raise Unanswered(f"{query.log}: {str(error).splitlines()[0]}") from error

    def _files(self, query: Query) -> list[Path]:
        start, end = (datetime.fromtimestamp(at / 1000, UTC) for at in (query.since, query.until))
        scope = Scope((query.account,), (query.region,) if query.region else ())
        named: list[str] = []
        for source in self._sources(query.log):
            for each in partitions(self._objects, source, Window(start, end), scope):
                named += self._objects.files(each.prefix)
        return list(self._objects.local([name for name in named if name.endswith(".parquet")]))

    def _sources(self, log: Log) -> Iterator[str]:
        yield from (each for each in sources(self._objects) if each.split("/")[1] == log.value)

    def _table(self, files: list[str]) -> DuckDBPyRelation:
        found = self._connection.read_parquet(files, union_by_name=True, hive_partitioning=False)
        types = dict(zip(found.columns, found.types, strict=True))
        if str(types.get("unmapped", "")) != "VARCHAR":
            return found
        keys = ", ".join(f"'{key}'" for key in UNMAPPED)
        values = ", ".join(f"json_extract_string(unmapped, '$.{key}')" for key in UNMAPPED)
        return found.project(f"* REPLACE (map([{keys}], [{values}]) AS unmapped)")


class NoLogs:
    """Where no lake is declared: nothing is collected."""

    dialect: Dialect = Duck()

    def rows(self, query: Query) -> Iterator[Mapping[str, Any]]:
        raise NotCollected(query.log.value)


class AthenaCalls:
    """Athena by our session, in boto3's words. What is refused cannot be answered."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def start_query_execution(self, **request: Any) -> Mapping[str, Any]:
        return self._call("StartQueryExecution", request)

    def get_query_execution(self, **request: Any) -> Mapping[str, Any]:
        return self._call("GetQueryExecution", request)

    def get_query_results(self, **request: Any) -> Mapping[str, Any]:
        return self._call("GetQueryResults", request)

    def stop_query_execution(self, **request: Any) -> Mapping[str, Any]:
        return self._call("StopQueryExecution", request)

    def _call(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self._session.call("athena", operation, **request)
        except AwsDenied as denied:
            raise Unanswered(f"athena:{operation}: {denied.message}") from denied
        return found
