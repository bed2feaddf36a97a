"""A question as a query: SQL for DuckDB and Athena, a search for OpenSearch.

A condition in SQL has everything from outside in parameters. It lets through every event that
matches, and perhaps more: `question.matches` has the last word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestrator.errors import UsageError
from orchestrator.logs.event import Event, event
from orchestrator.logs.json_path import Tree, at, branch, items, put
from orchestrator.logs.lake.question import About, Anything, By, Calls, Question, Touching, WithId

Parameter = str | int

ARNS = ("actor.user.uid", "actor.user.uuid", "actor.session.issuer")
KEYS = ("actor.user.credential_uid",)
NAMES = ("actor.user.name", "user.name")
SESSIONS = ("actor.user.uid", "actor.user.uuid")
BODIES = ("api.request.data", "api.response.data", "resources", "unmapped")
IDS = ("metadata.uid",)
OPERATIONS = ("api.operation",)
"""Where OCSF of 1.1 and of rc.2 has them. A table may lack some."""


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL with a `?` for each parameter, in order."""

    sql: str
    parameters: tuple[Parameter, ...] = ()


class Dialect(Protocol):
    """What differs between engines that speak SQL."""

    def column(self, path: str) -> str | None:
        """The column at an OCSF path; None where the table has none."""
        ...

    def text(self, path: str) -> str | None:
        """The same as text, for a column of any type."""
        ...

    def contains(self, text: str) -> str:
        """A condition that `text` contains the parameter `?`."""
        ...

    def ends_with(self, text: str) -> str: ...


def condition(about: About, dialect: Dialect) -> Condition:
    """The narrowing of `about`. One that fits nothing in the table is false."""
    match about:
        case Touching(names):
            return either(_bodies(names, dialect))
        case By():
            return either(_principals(about, dialect))
        case WithId(ids):
            return either(_among(IDS, ids, dialect))
        case Calls(names):
            return either(_among(OPERATIONS, names, dialect))
        case Anything():
            return Condition("true")


def either(conditions: Iterable[Condition]) -> Condition:
    found = list(conditions)
    if not found:
        return Condition("false")
    parameters = tuple(each for one in found for each in one.parameters)
    return Condition(f"({' OR '.join(one.sql for one in found)})", parameters)


def _bodies(names: Sequence[str], dialect: Dialect) -> Iterable[Condition]:
    for path in BODIES:
        column = dialect.text(path)
        if column is not None:
            for needle in needles(names, quoted=path.startswith("api.")):
                yield Condition(dialect.contains(column), (needle,))


def needles(names: Iterable[str], *, quoted: bool = True) -> tuple[str, ...]:
    """How the names may be written in JSON, with or without escapes for what is not ASCII."""
    written = (json.dumps(name, ensure_ascii=ascii) for name in names for ascii in (False, True))
    return tuple(dict.fromkeys(each if quoted else each[1:-1] for each in written))


def _principals(who: By, dialect: Dialect) -> Iterable[Condition]:
    yield from _among(ARNS, who.arns, dialect)
    yield from _among(KEYS, who.access_keys, dialect)
    yield from _among(NAMES, who.names, dialect)
    for path in SESSIONS:
        column = dialect.column(path)
        if column is not None:
            for name in who.names:
                yield Condition(dialect.ends_with(column), (f"/{name}",))
                yield Condition(dialect.ends_with(column), (f":{name}",))
    extra = dialect.text("unmapped")
    if extra is not None:
        for needle in needles(who.names, quoted=False):
            yield Condition(dialect.contains(extra), (needle,))


def _among(paths: Iterable[str], values: Sequence[str], dialect: Dialect) -> Iterable[Condition]:
    for path in paths:
        column = dialect.column(path)
        if column is not None and values:
            marks = ", ".join("?" for _ in values)
            yield Condition(f"{column} IN ({marks})", tuple(values))


ATHENA_NAME = re.compile(r"[a-z0-9_]{1,128}")

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


def athena_query(
    question: Question, database: str, table: str, workgroup: str, output: str = ""
) -> AthenaQuery:
    """The query whose rows hold every event that answers `question`, oldest first.

    Partitions are pruned by eventDay, accountId and region. Raises UsageError for a database or
    table that is not a plain name.
    """
    for name in (database, table):
        if not ATHENA_NAME.fullmatch(name):
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


def athena_event(row: Mapping[str, str | None]) -> Event:
    """An event from a row of results, in which every value is text."""
    tree: dict[str, object] = {}
    for path, value in row.items():
        if value is not None:
            put(tree, path, value == "true" if path.endswith("is_mfa") else value)
    found = tree.get("resources")
    tree["resources"] = [{"uid": uid} for uid in str(found or "").split()]
    return event(tree)


PAGE = 1000
DOCUMENT_SESSIONS = ("actor.user.uid.text", "unmapped")
DOCUMENT_BODIES = ("api.request.data", "api.response.data", "resources.uid")
Dsl = dict[str, object]


def opensearch_body(question: Question, after: Sequence[object] = ()) -> Dsl:
    """The body of a `_search`, oldest events first; `after` is the last hit's sort of the page
    before. Serverless has no scroll, so pages follow each other by search_after.
    """
    start, end = question.window.milliseconds
    filters: list[Dsl] = [{"range": {"time": {"gte": start, "lt": end}}}]
    if question.scope.accounts:
        filters.append({"terms": {"cloud.account.uid": list(question.scope.accounts)}})
    if question.scope.regions:
        filters.append({"terms": {"cloud.region": list(question.scope.regions)}})
    filters += _about(question.about)
    body: Dsl = {
        "size": min(PAGE, question.limit + 1),
        "query": {"bool": {"filter": filters}},
        "sort": [{"time": "asc"}, {"metadata.uid": "asc"}],
    }
    return {**body, "search_after": list(after)} if after else body


def _about(about: About) -> list[Dsl]:
    match about:
        case Touching(names):
            return [_any(_phrase(path, name) for path in DOCUMENT_BODIES for name in names)]
        case By(arns, keys, names):
            return [
                _any(
                    [
                        *(_terms(path, arns) for path in ARNS if arns),
                        *(_terms(path, keys) for path in KEYS if keys),
                        *(_terms(path, names) for path in NAMES if names),
                        *(_phrase(path, name) for path in DOCUMENT_SESSIONS for name in names),
                    ]
                )
            ]
        case WithId(ids):
            return [_terms("metadata.uid", ids)]
        case Calls(names):
            return [_terms("api.operation", names)]
        case _:
            return []


def _terms(path: str, values: Sequence[str]) -> Dsl:
    return {"terms": {path: list(values)}}


def _phrase(path: str, value: str) -> Dsl:
    return {"match_phrase": {path: value}}


def _any(conditions: Iterable[Dsl]) -> Dsl:
    return {"bool": {"should": list(conditions), "minimum_should_match": 1}}


def opensearch_events(answer: Tree) -> tuple[tuple[Event, ...], tuple[object, ...]]:
    """The events of a page, and what the next page comes after; empty at the end."""
    hits = items(answer, "hits.hits")
    events = tuple(event(branch(hit, "_source")) for hit in hits)
    last = at(hits[-1], "sort") if hits else None
    return events, tuple(last) if isinstance(last, list) else ()
