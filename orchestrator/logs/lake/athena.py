"""A question as a query of Athena over Security Lake's tables, and its rows as events.

Values go as execution parameters, in the order of the `?` in the text. Athena takes them as
literals, so a text is quoted as Athena's guide says. Source: Athena User Guide, parameterized
queries; Security Lake User Guide, query examples for source version 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.errors import UsageError
from orchestrator.logs.event import Event
from orchestrator.logs.json_path import put
from orchestrator.logs.lake.question import Question
from orchestrator.logs.lake.sql import Condition, condition
from orchestrator.logs.ocsf.events import event

NAME = re.compile(r"[a-z0-9_]{1,128}")

SCALARS = (
    *("time", "class_uid", "activity_id", "metadata.uid", "metadata.version", "type_name"),
    *("cloud.account.uid", "cloud.region", "api.operation", "api.service.name"),
    *("api.request.data", "api.response.data", "api.response.error", "api.response.message"),
    *("actor.user.type", "actor.user.uid", "actor.user.uid_alt", "actor.user.name"),
    *("actor.user.account.uid", "actor.user.credential_uid", "actor.session.issuer"),
    *("actor.session.is_mfa", "actor.invoked_by", "actor.idp.name"),
    *("src_endpoint.ip", "src_endpoint.svc_name", "http_request.user_agent"),
)
RESOURCES = "array_join(transform(resources, r -> r.uid), ' ')"
UNMAPPED = "json_format(CAST(unmapped AS JSON))"


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
        return {
            **where,
            "QueryString": self.sql,
            "ExecutionParameters": list(self.parameters),
            "QueryExecutionContext": {"Database": self.database},
            "WorkGroup": self.workgroup,
        }


class AthenaDialect:
    """Security Lake's CloudTrail table of source version 2.0."""

    def column(self, path: str) -> str | None:
        return path if path in SCALARS else None

    def text(self, path: str) -> str | None:
        other = {"resources": RESOURCES, "unmapped": UNMAPPED}
        return other.get(path) or self.column(path)

    def contains(self, text: str) -> str:
        return f"strpos({text}, ?) > 0"

    def ends_with(self, text: str) -> str:
        """Athena has none: a suffix is looked for anywhere, and the exact test comes after."""
        return self.contains(text)


def query(
    question: Question, database: str, table: str, workgroup: str, output: str = ""
) -> AthenaQuery:
    """The query whose rows hold every event that answers `question`, oldest first.

    Partitions are pruned by eventDay, accountId and region. Raises UsageError for a database or
    table that is not a plain name.
    """
    for name in (database, table):
        if not NAME.fullmatch(name):
            raise UsageError(f"'{name}' is not a name of Athena", "use small letters, digits and _")
    where = [_window(question), *_scope(question), condition(question.about, AthenaDialect())]
    parameters = tuple(_literal(value) for each in where for value in each.parameters)
    columns = ", ".join(f'{path} AS "{path}"' for path in SCALARS)
    sql = (
        f'SELECT {columns}, {RESOURCES} AS "resources", {UNMAPPED} AS "unmapped" '  # noqa: S608  # parameters are bound
        f'FROM "{database}"."{table}" WHERE {" AND ".join(each.sql for each in where)} '
        f"ORDER BY time LIMIT {int(question.limit) + 1}"
    )
    return AthenaQuery(sql, parameters, database, workgroup, output)


def _window(question: Question) -> Condition:
    window = question.window
    days = (window.first_day, window.last_day)
    return Condition(
        "eventday BETWEEN ? AND ? AND time >= ? AND time < ?", (*days, *window.milliseconds)
    )


def _scope(question: Question) -> list[Condition]:
    scope = question.scope
    return [
        Condition(f"{column} IN ({', '.join('?' for _ in values)})", values)
        for column, values in (("accountid", scope.accounts), ("region", scope.regions))
        if values
    ]


def _literal(value: str | int) -> str:
    """As Athena wants an execution parameter: a text in quotes, quotes in it doubled."""
    if isinstance(value, int):
        return str(value)
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def from_row(row: Mapping[str, str | None]) -> Event:
    """An event from a row of results, in which every value is text."""
    tree: dict[str, object] = {}
    for path, value in row.items():
        if value is not None:
            put(tree, path, value == "true" if path.endswith("is_mfa") else value)
    found = tree.get("resources")
    tree["resources"] = [{"uid": uid} for uid in str(found or "").split()]
    return event(tree)
