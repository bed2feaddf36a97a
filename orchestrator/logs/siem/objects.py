"""The files for a pipeline and for import by hand, by name; and what the dashboards show.

Queries of dashboards are Lucene's, of fields and values alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.logs.siem import dns, flow
from orchestrator.logs.siem.indices import (
    CLASS_IDS,
    PREFIX,
    Keeping,
    collection_templates,
    domain_templates,
    retention,
)
from orchestrator.logs.siem.processors import processors

WHO = ("cloud.account.uid", "cloud.region", "actor.user.uid", "src_endpoint.ip")


@dataclass(frozen=True, slots=True)
class Search:
    """Events, newest first, with these columns."""

    name: str
    title: str
    query: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """How many by the values of a field: as a table, or over time."""

    name: str
    title: str
    query: str
    field: str
    over_time: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard: its charts, then its searches."""

    name: str
    title: str
    says: str
    charts: tuple[Chart, ...]
    searches: tuple[Search, ...]


FAILED = "class_uid:2003 AND compliance.status:(FAILED OR Fail)"
SIGN_INS = "class_uid:3002"
REFUSED = "class_uid:4001 AND activity_id:5"
FIXED = "class_uid:(3001 OR 6003) AND actor.session.issuer:*\\/orchestrator-remediation*"

BOARDS = (
    Board(
        "findings",
        "Findings",
        "What Security Hub and GuardDuty have found, and where.",
        (
            Chart("severity", "by severity", "class_uid:(2002 OR 2003 OR 2004)", "severity", True),
            Chart("account", "failed, by account", FAILED, "cloud.account.uid"),
            Chart("control", "failed, by control", FAILED, "compliance.control"),
            Chart("detection", "detections, by title", "class_uid:2004", "finding_info.title"),
        ),
        (
            Search(
                "failed",
                "failed controls",
                FAILED,
                (
                    *("severity", "compliance.control", "finding_info.title", "cloud.account.uid"),
                    *("cloud.region", "resource.uid"),
                ),
            ),
            Search(
                "detections",
                "detections",
                "class_uid:2004",
                (*("severity", "finding_info.title", "cloud.account.uid"), "resources.uid"),
            ),
        ),
    ),
    Board(
        "sign-ins",
        "Sign-ins",
        "Who signs in, from where, and who does not get in.",
        (
            Chart("status", "by result", SIGN_INS, "status", True),
            Chart("user", "failed, by user", f"{SIGN_INS} AND status_id:2", "user.name"),
            Chart("address", "by address", SIGN_INS, "src_endpoint.ip"),
        ),
        (
            Search(
                "root",
                "of root users",
                f"{SIGN_INS} AND user.type:Root",
                (*WHO, "status", "is_mfa"),
            ),
            Search(
                "without-mfa",
                "without a second factor",
                f"{SIGN_INS} AND status_id:1 AND is_mfa:false",
                ("user.name", "user.uid", *WHO),
            ),
            Search("failed", "failed", f"{SIGN_INS} AND status_id:2", ("user.name", *WHO)),
        ),
    ),
    Board(
        "network",
        "Network",
        "Refused traffic, and names that were asked for.",
        (
            Chart("refused", "refused, by port", REFUSED, "dst_endpoint.port", True),
            Chart("source", "refused, by source", REFUSED, "src_endpoint.ip"),
            Chart("names", "queries, by name", "class_uid:4003", "query.hostname"),
        ),
        (
            Search(
                "refused",
                "refused traffic",
                REFUSED,
                (*("cloud.account.uid", "src_endpoint.ip"), "dst_endpoint.ip", "dst_endpoint.port"),
            ),
            Search(
                "unknown-names",
                "names that do not exist",
                "class_uid:4003 AND rcode_id:3",
                ("cloud.account.uid", "src_endpoint.ip", "query.hostname", "query.type"),
            ),
        ),
    ),
    Board(
        "remediation",
        "Remediation",
        "What remediation has changed, and what was refused to it.",
        (
            Chart("operation", "changes, by call", FIXED, "api.operation", True),
            Chart("account", "changes, by account", FIXED, "cloud.account.uid"),
        ),
        (
            Search(
                "changes",
                "changes",
                f"{FIXED} AND NOT activity_id:2",
                ("api.operation", "cloud.account.uid", "cloud.region", "resources.uid", "status"),
            ),
            Search(
                "refused",
                "refused calls",
                f"{FIXED} AND status_id:2",
                ("api.operation", "api.response.error", "cloud.account.uid", "cloud.region"),
            ),
        ),
    ),
)


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
        "flow.json": _json(flow.processors()),
        "resolver.json": _json(dns.processors()),
        "domain_templates.json": _json(domain_templates(keeping)),
        "state_management.json": _json(retention(keeping)),
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
