"""Plan files with a single resource, as `terraform show -json` would write them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path


def plan_json(
    type_: str, values: Mapping[str, object] | None = None, unknown: Iterable[str] = ()
) -> str:
    """A plan that creates one resource. Mappings under a policy's name become JSON in a string."""
    known = {name: _encoded(name, value) for name, value in (values or {}).items()}
    address = f"{type_}.example"
    resource = {"address": address, "mode": "managed", "type": type_, "name": "example"}
    change = {
        "actions": ["create"],
        "before": None,
        "after": known,
        "after_unknown": dict.fromkeys(unknown, True),
    }
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "planned_values": {"root_module": {"resources": [{**resource, "values": known}]}},
            "resource_changes": [{**resource, "change": change}],
            "configuration": {"root_module": {"resources": [{**resource, "expressions": {}}]}},
        }
    )


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name}.json"
    file.write_text(text, "utf-8")
    return file


def _encoded(name: str, value: object) -> object:
    if name.endswith("policy") and isinstance(value, dict):
        return json.dumps({"Version": "2012-10-17", **value})
    return value
