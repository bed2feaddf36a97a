"""The classes of OCSF 1.1.0 that we emit: ids, names, and a JSON Schema of each.

`classes.json` holds, for these classes and the objects in them, which attributes there are, of
which type, which are required, and which numbers an enumeration has.
Source: github.com/ocsf/ocsf-schema, tag v1.1.0 (8ea34523), events/, objects/ and dictionary.json,
with the cloud, datetime and host profiles.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from orchestrator.logs.json_path import Tree, at, branch

VERSION = "1.1.0"

BASE, PROCESS, ACCOUNT_CHANGE, AUTHENTICATION = 0, 1007, 3001, 3002
NETWORK, HTTP, API = 4001, 4002, 6003
API_RC2 = 3005
"""API Activity as it was numbered in 1.0.0-rc.2. In 1.1 the number is User Access."""

PRIMITIVES: Mapping[str, Tree] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
    "json": {},
}


@dataclass(frozen=True, slots=True)
class OcsfClass:
    """A class, the category it is in and what its activities are called."""

    uid: int
    name: str
    category_uid: int
    category_name: str
    activities: Mapping[int, str]


@cache
def _document() -> Tree:
    text = resources.files(__package__).joinpath("classes.json").read_text("utf-8")
    document: Tree = json.loads(text)
    return document


@cache
def ocsf_class(uid: int) -> OcsfClass:
    """The class `uid`. Raises KeyError for one we do not emit."""
    found = branch(_document(), f"classes.{uid}")
    activities = {int(key): str(name) for key, name in branch(found, "activities").items()}
    category = found["category_uid"]
    assert isinstance(category, int)  # noqa: S101
    return OcsfClass(uid, str(found["name"]), category, str(found["category_name"]), activities)


def known_classes() -> tuple[int, ...]:
    return tuple(int(uid) for uid in branch(_document(), "classes"))


def classification(uid: int, activity: int) -> dict[str, object]:
    """The attributes that say what kind of event this is."""
    found = ocsf_class(uid)
    name = found.activities[activity]
    return {
        "activity_id": activity,
        "activity_name": name,
        "category_uid": found.category_uid,
        "category_name": found.category_name,
        "class_uid": uid,
        "class_name": found.name,
        "type_uid": uid * 100 + activity,
        "type_name": f"{found.name}: {name}",
    }


def schema(uid: int, *, cloud: bool = False) -> dict[str, object]:
    """A JSON Schema (2020-12) of the class; with the cloud profile, `cloud` is required."""
    found = branch(_document(), f"classes.{uid}")
    root = _object(found)
    properties, required = root["properties"], root["required"]
    assert isinstance(properties, dict)  # noqa: S101
    assert isinstance(required, list)  # noqa: S101
    properties |= {
        "class_uid": {"const": uid},
        "category_uid": {"const": found["category_uid"]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"OCSF {VERSION} {found['name']}",
        **root,
        "required": [*required, "cloud"] if cloud else required,
        "$defs": {
            name: _object(branch(_document(), f"objects.{name}"))
            for name in branch(_document(), "objects")
        },
    }


def _object(described: Tree) -> dict[str, object]:
    enums = branch(described, "enums")
    properties = {
        name: {"enum": enums[name]} if name in enums else _type(str(kind))
        for name, kind in branch(described, "attributes").items()
    }
    at_least_one = at(described, "at_least_one")
    constraint: Tree = (
        {"anyOf": [{"required": [name]} for name in at_least_one]}
        if isinstance(at_least_one, list)
        else {}
    )
    required = at(described, "required")
    return {
        "type": "object",
        "required": list(required) if isinstance(required, list) else [],
        "properties": properties,
        "additionalProperties": False,
        **constraint,
    }


def _type(kind: str) -> Tree:
    if kind.endswith("[]"):
        return {"type": "array", "items": _type(kind.removesuffix("[]"))}
    if kind.startswith("@"):
        return {"$ref": f"#/$defs/{kind[1:]}"}
    return PRIMITIVES[kind]
