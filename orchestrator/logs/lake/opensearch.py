"""A question to OpenSearch: the body of a search over documents of OCSF, and events from hits.

Source: OpenSearch's documentation, query DSL (bool, terms, range, match_phrase, exists, term on
an ip field), and `search_after`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orchestrator.logs.event import Event, event
from orchestrator.logs.json_path import Tree, at, branch, items
from orchestrator.logs.lake.columns import FIELDS, Field
from orchestrator.logs.lake.dialects import Network
from orchestrator.logs.lake.filter_queries import search
from orchestrator.logs.lake.queries import ARNS, IDS, KEYS, NAMES, OPERATIONS
from orchestrator.logs.lake.question import (
    About,
    By,
    Calls,
    Question,
    Scope,
    Touching,
    Where,
    Window,
    WithId,
)

PAGE = 1000
SESSIONS = (FIELDS["actor_arn"].words,)
LIMITS = (
    "OpenSearch keeps a session's source identity but has no index of it: ask for the session, its "
    "role or key",
)
BODIES = tuple(FIELDS[name].words for name in ("request", "response", "resources"))
Dsl = dict[str, object]


def opensearch_body(question: Question, after: Sequence[object] = ()) -> Dsl:
    """The body of a `_search`, oldest events first; `after` is the last hit's sort of the page
    before. Serverless has no scroll, so pages follow each other by search_after.
    """
    filters = [window(question.window), *scope(question.scope), *_about(question.about)]
    body: Dsl = {
        "size": min(PAGE, question.limit + 1),
        "query": {"bool": {"filter": filters}},
        "sort": [{"time": "asc"}, {"metadata.uid": "asc"}],
    }
    return {**body, "search_after": list(after)} if after else body


def window(asked: Window) -> Dsl:
    start, end = asked.milliseconds
    return {"range": {"time": {"gte": start, "lt": end}}}


def scope(asked: Scope) -> list[Dsl]:
    """Documents that are of the accounts and regions, or do not say of which.

    CloudTrail's events of Security Lake have no account but in `unmapped`, which is not searched.
    """
    pairs = ((FIELDS["account"], asked.accounts), (FIELDS["region"], asked.regions))
    return [
        either([terms(field.path, values), missing(field.path)])
        for field, values in pairs
        if values
    ]


def _about(about: About) -> list[Dsl]:
    match about:
        case Touching(names):
            return [either(phrase(path, name) for path in BODIES for name in names)]
        case By(arns, keys, names):
            return [
                either(
                    [
                        *(terms(path, arns) for path in ARNS if arns),
                        *(terms(path, keys) for path in KEYS if keys),
                        *(terms(path, names) for path in NAMES if names),
                        *(phrase(path, name) for path in SESSIONS for name in names),
                    ]
                )
            ]
        case WithId(ids):
            return [terms(IDS[0], ids)]
        case Calls(names):
            return [terms(OPERATIONS[0], names)]
        case Where(wanted):
            return [search(wanted)]
        case _:
            return []


def terms(path: str, values: Sequence[str | int | bool]) -> Dsl:
    """That a field of type keyword, long or boolean has one of the values."""
    return {"terms": {path: list(values)}}


def phrase(path: str, value: str) -> Dsl:
    """That the words of a value stand one after the other in a field of type text."""
    return {"match_phrase": {path: value}}


def network(field: Field, value: Network) -> Dsl:
    """That a field of type ip is of a network."""
    return {"term": {field.path: str(value)}}


def missing(path: str) -> Dsl:
    return {"bool": {"must_not": [{"exists": {"field": path}}]}}


def either(conditions: Iterable[Dsl]) -> Dsl:
    """At least one of them."""
    return {"bool": {"should": list(conditions), "minimum_should_match": 1}}


def opensearch_events(answer: Tree) -> tuple[tuple[Event, ...], tuple[object, ...]]:
    """The events of a page, and what the next page comes after; empty at the end."""
    hits = items(answer, "hits.hits")
    events = tuple(event(branch(hit, "_source")) for hit in hits)
    last = at(hits[-1], "sort") if hits else None
    return events, tuple(last) if isinstance(last, list) else ()
