"""How each engine narrows by a filter: SQL, and the queries of OpenSearch.

Both are true wherever the filter holds, and may be elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from orchestrator.logs.lake.columns import FIELDS
from orchestrator.logs.lake.dialects import Condition, Dialect, among, either, every
from orchestrator.logs.lake.filters import (
    OF_EVENT,
    Changing,
    Every,
    Failed,
    Filter,
    Has,
    Is,
    Not,
    Some,
    Within,
    lower,
)

COLUMNS: Mapping[str, tuple[str, ...]] = {
    **{name: (FIELDS[name].path,) for name in OF_EVENT if name in FIELDS},
    "operation": ("api.operation", "type_name"),
    "service": ("api.service.name", "metadata.product.name"),
    "address": ("src_endpoint.ip", "src_endpoint.svc_name", "src_endpoint.domain"),
    "actor_arn": ("actor.user.uid", "actor.user.uuid", "user.uid"),
    "actor_id": ("actor.user.uid_alt", "actor.user.uid", "user.uid_alt"),
    "actor_name": ("actor.user.name", "user.name"),
    "actor_type": ("actor.user.type", "user.type"),
}
"""The columns that may hold a field, in any of the shapes that an event is read from."""

ANYWHERE = frozenset({"account", "role_name", "resources", "class"})
"""Fields by which SQL does not narrow: they stand in several places, or are told from others."""


TRUE = Condition("true")


def narrowing(wanted: Filter, dialect: Dialect) -> Condition:  # noqa: PLR0911  # one for each kind
    """SQL that is true wherever the filter holds."""
    match wanted:
        case Is(values=values) if "" in values:
            return TRUE  # what an event lacks is '' in it, and no column says so
        case Has(text=text) if not _same_in_all(text):
            return TRUE
        case Is(field, values):
            return _each(field, dialect, lambda column: among(column, values))
        case Has(field, text):
            return _each(field, dialect, lambda column: _contains(dialect, column, text))
        case Within(network):
            column = dialect.text("src_endpoint.ip")
            return TRUE if column is None else dialect.within(column, network)
        case Failed():
            return _failed(dialect)
        case Changing():
            said = dialect.unplaced("readOnly")
            return TRUE if said is None else Condition(f"coalesce({said}, '') <> 'true'")
        case Every(parts):
            return every(narrowing(part, dialect) for part in parts)
        case Some(parts):
            return either(narrowing(part, dialect) for part in parts)
        case Not():
            return TRUE


def _each(field: str, dialect: Dialect, make: Callable[[str], Condition]) -> Condition:
    if field in ANYWHERE:
        return TRUE
    columns = [found for path in COLUMNS[field] if (found := dialect.text(path)) is not None]
    return either(map(make, columns)) if columns else TRUE


def _contains(dialect: Dialect, column: str, text: str) -> Condition:
    return Condition(dialect.contains(f"lower({column})"), (_same_in_all(text),))


def _same_in_all(text: str) -> str:
    """The longest part of it about whose case all engines agree, in lower case; '' for none."""
    return max(re.findall(r"[\x00-\x7f]+", lower(text)), key=len, default="")


def _failed(dialect: Dialect) -> Condition:
    found = [
        Condition(f"{column} {test}")
        for path, test in (("api.response.error", "<> ''"), ("status", "= 'Failure'"))
        if (column := dialect.text(path)) is not None
    ]
    return either(found) if len(found) == 2 else TRUE


Dsl = dict[str, object]
ALL: Dsl = {"match_all": {}}


def search(wanted: Filter) -> Dsl:  # noqa: PLR0911  # one for each kind
    """The same as a query of OpenSearch."""
    match wanted:
        case Is(field, values) if _keyword(field) and "" not in values:
            return {"terms": {_keyword(field): list(values)}}
        case Has(field, text) if text and _keyword(field):
            value = f"*{_escaped(text)}*"
            return {"wildcard": {_keyword(field): {"value": value, "case_insensitive": True}}}
        case Within(network):
            return {"term": {FIELDS["address"].path: str(network)}}
        case Failed():
            return _any(
                [{"exists": {"field": "api.response.error"}}, {"term": {"status": "Failure"}}]
            )
        case Every(parts):
            return {"bool": {"filter": [search(part) for part in parts]}}
        case Some(parts):
            return _any(search(part) for part in parts)
    return ALL


WHOLE = frozenset({"user_agent", "access_key", "role_arn", "region", "invoked_by"})
"""Fields that a document has in one place alone, as type keyword."""


def _keyword(field: str) -> str:
    return FIELDS[field].keyword if field in WHOLE else ""


def _any(parts: Iterable[Dsl]) -> Dsl:
    return {"bool": {"should": list(parts), "minimum_should_match": 1}}


def _escaped(text: str) -> str:
    return "".join(f"\\{each}" if each in "\\*?" else each for each in text)
