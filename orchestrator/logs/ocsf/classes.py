"""The classes of OCSF 1.1.0 that we emit: ids, names and attributes.

`classes.json` holds, for these classes and the objects in them, which attributes there are, and of
which type.
Source: github.com/ocsf/ocsf-schema, tag v1.1.0 (8ea34523), events/, objects/ and dictionary.json,
with the cloud, datetime and host profiles.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from orchestrator.logs.json_path import Tree, branch

VERSION = "1.1.0"

BASE, PROCESS, ACCOUNT_CHANGE, AUTHENTICATION = 0, 1007, 3001, 3002
NETWORK, HTTP, API = 4001, 4002, 6003


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


def attributes(uid: int) -> Tree:
    """Attribute → type; '@user' is the object of that name, and '[]' ends the type of a list."""
    of_its_own = branch(_document(), f"classes.{uid}.attributes")
    return {**of_its_own, "class_uid": "integer", "category_uid": "integer"}


def attributes_of_object(name: str) -> Tree:
    """The same of an object."""
    return branch(_document(), f"objects.{name}.attributes")
