"""Index templates, first indices and index state management.

In a domain each class has an alias, `ocsf-6003`, over indices that roll over: `ocsf-6003-000001`.
In a collection, which rolls nothing over, the pipeline writes an index a month and a lifecycle
policy deletes. Source: OpenSearch's documentation, Index State Management and index templates.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.logs.siem.mapping import CLASS_IDS, properties

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
