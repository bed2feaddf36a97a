"""The files that a pipeline reads, and those to import by hand, by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from orchestrator.logs.siem.indices import (
    PREFIX,
    Keeping,
    collection_templates,
    domain_templates,
    retention,
)
from orchestrator.logs.siem.mapping import CLASS_IDS
from orchestrator.logs.siem.processors import processors
from orchestrator.logs.siem.views import BOARDS, Board, Chart, Search

Body = dict[str, object]

PATTERN = f"{PREFIX}-logs"
SOURCE = "kibanaSavedObjectMeta.searchSourceJSON.index"


def saved_objects() -> tuple[Body, ...]:
    """The index pattern, then of each board its searches, charts and itself."""
    pattern = {"title": f"{PREFIX}-*", "timeFieldName": "time"}
    return (
        _object("index-pattern", PATTERN, pattern, []),
        *(made for board in BOARDS for made in _board(board)),
    )


def ndjson(objects: tuple[Body, ...]) -> str:
    """One a line."""
    return "".join(json.dumps(each, sort_keys=True) + "\n" for each in objects)


def _board(board: Board) -> Iterator[Body]:
    panels = []
    for chart in board.charts:
        panels.append(("visualization", f"{board.name}-{chart.name}"))
        yield _visualization(board, chart)
    for search in board.searches:
        panels.append(("search", f"{board.name}-{search.name}"))
        yield _search(board, search)
    yield _dashboard(board, panels)


def _search(board: Board, search: Search) -> Body:
    attributes = {
        "title": f"{board.title}: {search.title}",
        "columns": list(search.columns),
        "sort": [["time", "desc"]],
        "kibanaSavedObjectMeta": _source(search.query),
    }
    return _object("search", f"{board.name}-{search.name}", attributes, [_reference(SOURCE)])


def _visualization(board: Board, chart: Chart) -> Body:
    attributes = {
        "title": f"{board.title}: {chart.title}",
        "visState": json.dumps(_state(board, chart), sort_keys=True),
        "uiStateJSON": "{}",
        "kibanaSavedObjectMeta": _source(chart.query),
    }
    return _object("visualization", f"{board.name}-{chart.name}", attributes, [_reference(SOURCE)])


def _state(board: Board, chart: Chart) -> Body:
    title = f"{board.title}: {chart.title}"
    count = {"id": "1", "enabled": True, "type": "count", "schema": "metric", "params": {}}
    terms = {"field": chart.field, "size": 10, "orderBy": "1", "order": "desc"}
    if chart.over_time:
        dates = {"field": "time", "interval": "auto", "min_doc_count": 1}
        aggregations = [count, _bucket("2", "date_histogram", "segment", dates)]
        aggregations.append(_bucket("3", "terms", "group", terms))
        return {"title": title, "type": "histogram", "aggs": aggregations, "params": {}}
    aggregations = [count, _bucket("2", "terms", "bucket", terms)]
    return {"title": title, "type": "table", "aggs": aggregations, "params": {"perPage": 10}}


def _bucket(number: str, kind: str, schema: str, params: Body) -> Body:
    return {"id": number, "enabled": True, "type": kind, "schema": schema, "params": params}


def _dashboard(board: Board, panels: list[tuple[str, str]]) -> Body:
    placed = [
        {
            "version": "2.17.0",
            "gridData": {"x": 24 * (at % 2), "y": 15 * (at // 2), "w": 24, "h": 15, "i": str(at)},
            "panelIndex": str(at),
            "embeddableConfig": {},
            "panelRefName": f"panel_{at}",
        }
        for at in range(len(panels))
    ]
    attributes = {
        "title": board.title,
        "description": board.says,
        "panelsJSON": json.dumps(placed, sort_keys=True),
        "optionsJSON": json.dumps({"useMargins": True}),
        "timeRestore": True,
        "timeFrom": "now-24h",
        "timeTo": "now",
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(_query(""), sort_keys=True)},
    }
    references = [
        {"name": f"panel_{at}", "type": kind, "id": name} for at, (kind, name) in enumerate(panels)
    ]
    return _object("dashboard", board.name, attributes, references)


def _source(query: str) -> Body:
    described = {**_query(query), "indexRefName": SOURCE}
    return {"searchSourceJSON": json.dumps(described, sort_keys=True)}


def _query(text: str) -> Body:
    return {"query": {"query": text, "language": "lucene"}, "filter": []}


def _reference(name: str) -> dict[str, str]:
    return {"name": name, "type": "index-pattern", "id": PATTERN}


def _object(
    kind: str, name: str, attributes: Mapping[str, object], references: list[dict[str, str]]
) -> Body:
    return {"type": kind, "id": name, "attributes": dict(attributes), "references": references}


def files(keeping: Keeping) -> Mapping[str, str]:
    """Name and text of each. modules/siem_ingestion/objects holds those of the default keeping."""
    return {
        "classes.json": _json(CLASS_IDS),
        "cloudtrail.json": _json(processors()),
        "collection_templates.json": _json(collection_templates()),
        "dashboards.ndjson": ndjson(saved_objects()),
        "domain_templates.json": _json(domain_templates(keeping)),
        "state_management.json": _json(retention(keeping)),
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
