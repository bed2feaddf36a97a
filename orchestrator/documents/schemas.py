"""What all documents have in common: the published schema, times, and the errors of readers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def text(shape: Any, about: str, later: Mapping[str, str]) -> str:
    """A JSON Schema as a file. `later` has shapes with the key that their older documents lack."""
    schema = _bare(TypeAdapter(shape).json_schema(mode="serialization"))
    for name, known in [("", schema), *schema.get("$defs", {}).items()]:
        if name in later and "required" in known:
            known["required"] = [key for key in known["required"] if key != later[name]]
    head = {"$schema": DIALECT, "description": about}
    return json.dumps({**schema, **head}, indent=2, ensure_ascii=False) + "\n"


def _bare(node: Any) -> Any:
    """Without the titles pydantic adds, and without defaults: all keys are always written."""
    if isinstance(node, list):
        return [_bare(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _bare(inner)
        for key, inner in node.items()
        if key != "default" and not (key == "title" and isinstance(inner, str))
    }


def plain(value: Any) -> Any:
    """For `json.dumps`: frozen values by their fields, times in ISO 8601 to the second."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else exact(value)


def exact(value: Any) -> Any:
    """The same, with times as exact as they are."""
    if isinstance(value, datetime):
        return value.isoformat()
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


@contextmanager
def one_line() -> Iterator[None]:
    """The first thing that is wrong with a document, as a ValueError of one line."""
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from error
