"""Classes that Security Lake collects and we do not emit: findings and name queries.

The fields that are searched, by path; an object in a list is written like one alone.
Source: github.com/ocsf/ocsf-schema, tag v1.1.0, events/findings, events/network/dns_activity.json,
and the objects finding_info, compliance, resource_details, vulnerability, dns_query, dns_answer.
"""

from __future__ import annotations

from functools import cache

from orchestrator.logs.json_path import Tree, at
from orchestrator.logs.ocsf.classes import attributes, attributes_of_object, known_classes

VULNERABILITY, COMPLIANCE, DETECTION, DNS = 2002, 2003, 2004, 4003

CLASSES = (VULNERABILITY, COMPLIANCE, DETECTION, DNS)

FIELDS = {
    "activity_id": "integer",
    "activity_name": "string",
    "answers.class": "string",
    "answers.rdata": "string",
    "answers.type": "string",
    "compliance.control": "string",
    "compliance.requirements": "string",
    "compliance.standards": "string",
    "compliance.status": "string",
    "finding_info.created_time": "date",
    "finding_info.desc": "string",
    "finding_info.first_seen_time": "date",
    "finding_info.last_seen_time": "date",
    "finding_info.modified_time": "date",
    "finding_info.product_uid": "string",
    "finding_info.src_url": "string",
    "finding_info.title": "string",
    "finding_info.types": "string",
    "finding_info.uid": "string",
    "query.class": "string",
    "query.hostname": "string",
    "query.type": "string",
    "rcode": "string",
    "rcode_id": "integer",
    "remediation.desc": "string",
    "resource.name": "string",
    "resource.owner.account.uid": "string",
    "resource.region": "string",
    "resource.type": "string",
    "resource.uid": "string",
    "vulnerabilities.cve.uid": "string",
    "vulnerabilities.severity": "string",
    "vulnerabilities.title": "string",
}


Mapping = dict[str, object]

KEYWORD: Mapping = {"type": "keyword", "ignore_above": 8191}
"""Lucene refuses longer terms: 32,766 bytes, of up to four a character."""

TEXT: Mapping = {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 1024}}}
DATE: Mapping = {"type": "date", "ignore_malformed": True}
HIDDEN: Mapping = {"type": "object", "enabled": False}

TYPES: dict[str, Mapping] = {
    "string": KEYWORD,
    "integer": {"type": "long"},
    "number": {"type": "double"},
    "boolean": {"type": "boolean"},
    "date": DATE,
    "ip": {"type": "ip", "ignore_malformed": True},
}

SPECIAL: dict[str, Mapping] = {
    "time": {"type": "date", "format": "epoch_millis"},
    "message": {"type": "text"},
    "raw_data": {"type": "keyword", "index": False, "doc_values": False},
    "unmapped": HIDDEN,
    "actor.user.uid": {**KEYWORD, "fields": {"text": {"type": "text"}}},
    "api.request.data": {"type": "text"},
    "api.response.data": {"type": "text"},
    "resources.uid": TEXT,
}
"""Whole parameters are searched by word, in the lake as well (logs/lake/opensearch.py)."""

CLASS_IDS = tuple(sorted({*known_classes(), *CLASSES}))
"""Each has an index of its own; all others are with the base event, 0."""


@cache
def properties() -> Mapping:
    """The mapping's `properties`, of every class that we emit or collect."""
    found: Mapping = {}
    for uid in known_classes():
        _merge(found, _object(attributes(uid), (), ""))
    for path, kind in FIELDS.items():
        _put(found, path, SPECIAL.get(path) or TYPES[kind])
    return found


def _object(attributes: Tree, above: tuple[str, ...], path: str) -> Mapping:
    found: Mapping = {}
    for name, kind in attributes.items():
        here = f"{path}.{name}" if path else name
        mapped = SPECIAL.get(here) or _field(name, str(kind).removesuffix("[]"), above, here)
        if mapped:
            found[name] = mapped
    return found


def _field(name: str, kind: str, above: tuple[str, ...], path: str) -> Mapping | None:
    """None for an object that holds itself, such as the parent of a process, of a parent."""
    if kind.startswith("@"):
        inner = kind.removeprefix("@")
        if inner in above:
            return None
        return {"properties": _object(attributes_of_object(inner), (*above, inner), path)}
    if name == "ip":
        return TYPES["ip"]
    if name.endswith("_dt"):
        return DATE
    return HIDDEN if kind in {"object", "json"} else TYPES[kind]


def _merge(into: Mapping, other: Mapping) -> None:
    for name, value in other.items():
        known, inner = into.get(name), at(value, "properties")
        held = known.get("properties") if isinstance(known, dict) else None
        if isinstance(inner, dict) and isinstance(held, dict):
            _merge(held, inner)
        else:
            into.setdefault(name, value)


def _put(into: Mapping, path: str, mapped: Mapping) -> None:
    *above, name = path.split(".")
    for part in above:
        inner = into.setdefault(part, {"properties": {}})
        assert isinstance(inner, dict)  # noqa: S101
        into = inner["properties"]
    into.setdefault(name, mapped)
