"""A question to Athena: the query over Security Lake's table, and events from its rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.errors import UsageError
from orchestrator.logs.event import Event, event
from orchestrator.logs.json_path import put
from orchestrator.logs.lake.columns import CALLS, FIELDS, SECURITY_LAKE, Kind, source_of
from orchestrator.logs.lake.dialects import AthenaDialect, Parameter, every
from orchestrator.logs.lake.queries import condition
from orchestrator.logs.lake.question import Question

ATHENA_NAME = re.compile(r"[a-z0-9_]{1,128}")

ACCOUNT = FIELDS["account"]
LEFT_OUT = frozenset({"time_dt", "region", "accountid", "asl_version"})
SCALARS = (
    ACCOUNT.path,
    *(
        path
        for path, kind in SECURITY_LAKE[CALLS[0]].items()
        if kind not in (Kind.OBJECTS, Kind.TEXTS, Kind.MAP) and path not in LEFT_OUT
    ),
)
"""OCSF paths that an event is read from; an answer has a column of each name."""

TEXTS = ("resources", "unmapped")
"""Lists and maps, which an answer has as texts."""


@dataclass(frozen=True, slots=True)
class AthenaQuery:
    """What StartQueryExecution is given."""

    sql: str
    parameters: tuple[str, ...]
    database: str
    workgroup: str
    output: str = ""

    def request(self) -> dict[str, object]:
        """The call's parameters. The workgroup says what a scan may cost, and where results go
        unless `output` does.
        """
        where = {"ResultConfiguration": {"OutputLocation": self.output}} if self.output else {}
        given = {"ExecutionParameters": list(self.parameters)} if self.parameters else {}
        return {
            **where,
            **given,
            "QueryString": self.sql,
            "QueryExecutionContext": {"Database": self.database},
            "WorkGroup": self.workgroup,
        }


def athena_query(
    question: Question,
    database: str,
    table: str,
    workgroup: str,
    output: str = "",
    rows: int | None = None,
) -> AthenaQuery:
    """The query whose rows hold every event that answers `question`, oldest first.

    At most `rows` come back, all if it is None: what is left out then may still answer it, since
    the condition lets more through than `question.matches`. Partitions are pruned by time_dt,
    accountid and region. Raises UsageError for a database or table that is not a plain name, and
    for a table that does not hold CloudTrail's events.
    """
    source = source_of(table)
    if source not in CALLS:
        raise UsageError(
            f"'{table}' holds no calls",
            "name the table of CloudTrail's events: …_cloud_trail_mgmt_2_0",
        )
    dialect = AthenaDialect(source)
    where = every(
        (
            dialect.window(question.window),
            dialect.scope(question.scope),
            condition(question.about, dialect),
        )
    )
    sql = (
        f"SELECT {', '.join(_selected(dialect))} "  # noqa: S608  # parameters are bound
        f"FROM {named(database, table)} WHERE {where.sql} "
        f"ORDER BY time, metadata.uid{'' if rows is None else f' LIMIT {int(rows)}'}"
    )
    return AthenaQuery(sql, tuple(map(literal, where.parameters)), database, workgroup, output)


def named(database: str, table: str) -> str:
    """A table as it stands in SQL. Raises UsageError for what is not a plain name."""
    for name in (database, table):
        if not ATHENA_NAME.fullmatch(name):
            raise UsageError(f"'{name}' is not a name of Athena", "use small letters, digits and _")
    return f'"{database}"."{table}"'


def _selected(dialect: AthenaDialect) -> Sequence[str]:
    """Each column under its OCSF path."""
    columns = {path: path for path in SCALARS} | {ACCOUNT.path: ACCOUNT.lake}
    texts = {path: str(dialect.text(path)) for path in TEXTS}
    return [f'{expression} AS "{path}"' for path, expression in (columns | texts).items()]


def literal(value: Parameter) -> str:
    """As Athena wants an execution parameter: a text in quotes, quotes in it doubled.

    Source: Athena User Guide, "Use parameterized queries".
    """
    if isinstance(value, int):
        return str(value)
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


_FLAGS = frozenset(path for path, kind in SECURITY_LAKE[CALLS[0]].items() if kind is Kind.FLAG)


def athena_event(row: Mapping[str, str | None]) -> Event:
    """An event from a row of results, in which every value is text."""
    tree: dict[str, object] = {}
    for path, value in row.items():
        if value is not None:
            put(tree, path, value == "true" if path in _FLAGS else value)
    found = tree.get("resources")
    tree["resources"] = [{"uid": uid} for uid in str(found or "").split()]
    return event(tree)
