"""A question as a search of OpenSearch, domain or Serverless, over OCSF documents.

A search is a value that becomes JSON; what comes from outside is only ever a string in it. Exact
fields are mapped as keywords, and whole parameters as text beside. Source: OpenSearch's
documentation, query DSL; ocsf-for-opensearch's index templates for the names of fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orchestrator.logs.event import Event
from orchestrator.logs.json_path import Tree, at, branch, items
from orchestrator.logs.lake import sql
from orchestrator.logs.lake.question import About, By, Calls, Question, Touching, WithId
from orchestrator.logs.ocsf.events import event

PAGE = 1000
BODIES = ("api.request.data", "api.response.data", "resources.uid")
Dsl = dict[str, object]


def search(question: Question, after: Sequence[object] = ()) -> Dsl:
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
            return [_any(_phrase(path, name) for path in BODIES for name in names)]
        case By(arns, keys, names):
            return [
                _any(
                    [
                        *(_terms(path, arns) for path in sql.ARNS if arns),
                        *(_terms(path, keys) for path in sql.KEYS if keys),
                        *(_terms(path, names) for path in sql.NAMES if names),
                        *(_phrase(path, name) for path in SESSIONS for name in names),
                    ]
                )
            ]
        case WithId(ids):
            return [_terms("metadata.uid", ids)]
        case Calls(names):
            return [_terms("api.operation", names)]
        case _:
            return []


SESSIONS = ("actor.user.uid.text", "unmapped")


def _terms(path: str, values: Sequence[str]) -> Dsl:
    return {"terms": {path: list(values)}}


def _phrase(path: str, value: str) -> Dsl:
    return {"match_phrase": {path: value}}


def _any(conditions: Iterable[Dsl]) -> Dsl:
    return {"bool": {"should": list(conditions), "minimum_should_match": 1}}


def from_answer(answer: Tree) -> tuple[tuple[Event, ...], tuple[object, ...]]:
    """The events of a page, and what the next page comes after; empty at the end."""
    hits = items(answer, "hits.hits")
    events = tuple(event(branch(hit, "_source")) for hit in hits)
    last = at(hits[-1], "sort") if hits else None
    return events, tuple(last) if isinstance(last, list) else ()
