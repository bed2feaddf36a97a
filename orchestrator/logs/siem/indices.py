"""Index templates with the fields of each class, first indices, and index state management.

Security Lake also collects classes that we do not emit: findings and name queries. Their fields are
here, by path; an object in a list is written like one alone.
Source: github.com/ocsf/ocsf-schema, tag v1.1.0, events/findings, events/network/dns_activity.json,
and the objects finding_info, compliance, resource_details, vulnerability, dns_query, dns_answer.
"""

from __future__ import annotations

from dataclasses import dataclass
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


PREFIX = "ocsf"
POLICY = f"{PREFIX}-retention"
SETTINGS = {"refresh_interval": "10s", "mapping.total_fields.limit": "2000"}
"""Objects count as fields, too; OpenSearch's own limit is 1000."""

Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Keeping:
    """Days that logs are hot, and until they are deleted; `warm` says if there are warm nodes."""

    hot_days: int = 14
    delete_days: int = 90
    warm: bool = False
    shards: int = 3
    replicas: int = 1


def alias(uid: int) -> str:
    return f"{PREFIX}-{uid}"


def first_index(uid: int) -> tuple[str, Body]:
    """The index that an alias begins with, and what it is made with."""
    return f"{alias(uid)}-000001", {"aliases": {alias(uid): {"is_write_index": True}}}


def domain_templates(keeping: Keeping) -> dict[str, Body]:
    """By path. One of indices for each class: which alias to roll over is a setting of an index."""
    settings = {
        "number_of_shards": str(keeping.shards),
        "number_of_replicas": str(keeping.replicas),
        **SETTINGS,
    }
    return {
        f"_component_template/{PREFIX}": {"template": _template(settings)},
        **{f"_index_template/{alias(uid)}": _of_class(uid) for uid in CLASS_IDS},
    }


def collection_templates() -> dict[str, Body]:
    """By path. Shards and replicas are a collection's own business."""
    body = {"index_patterns": [f"{PREFIX}-*"], "priority": 200, "template": _template(SETTINGS)}
    return {f"_index_template/{PREFIX}": body}


def retention(keeping: Keeping) -> Body:
    """Roll over by size or day; then warm, where there are warm nodes; then delete."""
    states = [_hot(keeping), *([_warm(keeping)] if keeping.warm else []), _delete()]
    return {
        "policy": {
            "description": "Rolls logs over, keeps them and deletes them; made by orchestrator.",
            "default_state": "hot",
            "states": states,
            "ism_template": [{"index_patterns": [f"{PREFIX}-*"], "priority": 100}],
        }
    }


def _template(settings: dict[str, str]) -> Body:
    mappings = {"dynamic": False, "properties": properties()}
    return {"settings": {"index": dict(settings)}, "mappings": mappings}


def _of_class(uid: int) -> Body:
    rollover = {"index.plugins.index_state_management.rollover_alias": alias(uid)}
    return {
        "index_patterns": [f"{alias(uid)}-*"],
        "priority": 200,
        "composed_of": [PREFIX],
        "template": {"settings": rollover},
    }


def _hot(keeping: Keeping) -> Body:
    goes_on = _after("warm", keeping.hot_days) if keeping.warm else None
    # 30 GB a shard: OpenSearch Service developer guide, "Choosing the number of shards", for logs.
    rollover = {"min_primary_shard_size": "30gb", "min_index_age": "1d"}
    return {
        "name": "hot",
        "actions": [{"rollover": rollover}],
        "transitions": [goes_on or _after("delete", keeping.delete_days)],
    }


def _warm(keeping: Keeping) -> Body:
    retry = {"count": 5, "backoff": "exponential", "delay": "1h"}
    return {
        "name": "warm",
        "actions": [{"warm_migration": {}, "timeout": "24h", "retry": retry}],
        "transitions": [_after("delete", keeping.delete_days)],
    }


def _delete() -> Body:
    return {"name": "delete", "actions": [{"delete": {}}], "transitions": []}


def _after(state: str, days: int) -> Body:
    return {"state_name": state, "conditions": {"min_index_age": f"{days}d"}}
