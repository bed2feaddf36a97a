"""JSON Schema for editors, from the same models that judge the files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.config.shapes import Kind, shape

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The one that the YAML language server knows best; nothing newer is needed."""


def json_schemas() -> Mapping[str, dict[str, Any]]:
    """The schema of each kind of file, by kind."""
    return {kind.value: _schema(kind) for kind in Kind}


def schema_texts() -> Mapping[str, str]:
    """The schemas as files: name and content."""
    return {
        f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in json_schemas().items()
    }


def _schema(kind: Kind) -> dict[str, Any]:
    schema = shape(kind).model_json_schema()
    return {"$schema": DIALECT, **_tidy(schema)}


def _tidy(node: Any) -> Any:
    """`node` without the titles and nulls that pydantic adds, and closed where it leaves a gap."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidy = {
        key: {name: _tidy(inner) for name, inner in value.items()}
        if key in {"properties", "$defs", "patternProperties"}
        else _tidy(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value is None)
    }
    if "patternProperties" in tidy:
        tidy.setdefault("additionalProperties", False)
    return tidy
