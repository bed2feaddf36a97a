"""The classes of OCSF 1.1.0 that we emit: ids, names, attributes, and columns in the lake.

`classes.json` holds, for these classes and the objects in them, which attributes there are, and of
which type. Security Lake takes one class for each custom source, so each class has a table of its
own.
Source: github.com/ocsf/ocsf-schema, tag v1.1.0 (8ea34523), events/, objects/ and dictionary.json,
with the cloud, datetime and host profiles.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from orchestrator.logs.json_path import Tree, branch, put
from orchestrator.logs.ocsf import columns as aws
from orchestrator.logs.ocsf.columns import FLAG, INTEGER, LONG, TEXT

VERSION = "1.1.0"

BASE, PROCESS, ACCOUNT_CHANGE, AUTHENTICATION = 0, 1007, 3001, 3002
NETWORK, HTTP, DNS, API, DATASTORE = 4001, 4002, 4003, 6003, 6005
VULNERABILITY, COMPLIANCE, DETECTION = 2002, 2003, 2004


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


def _endpoint(name: str) -> dict[str, str]:
    return {
        **{f"{name}.{each}": TEXT for each in ("ip", "hostname", "name")},
        f"{name}.port": INTEGER,
    }


def _user(name: str) -> dict[str, str]:
    return {f"{name}.{each}": TEXT for each in ("name", "uid", "domain")}


COMMON = {
    **dict.fromkeys(("activity_id", "category_uid", "class_uid"), INTEGER),
    **dict.fromkeys(("severity_id", "status_id", "count"), INTEGER),
    "status_detail": TEXT,
    **dict.fromkeys(("activity_name", "category_name", "class_name", "type_name"), TEXT),
    "type_uid": LONG,
    "time": LONG,
    "time_dt": TEXT,
    "message": TEXT,
    "raw_data": TEXT,
    "unmapped": TEXT,
    **{f"metadata.{n}": TEXT for n in ("version", "uid", "correlation_uid", "event_code")},
    "metadata.log_name": TEXT,
    "metadata.labels": f"{TEXT}[]",
    "metadata.profiles": f"{TEXT}[]",
    **{f"metadata.product.{n}": TEXT for n in ("name", "vendor_name", "version")},
}
DEVICE = {"device.hostname": TEXT, "device.type_id": INTEGER}
"""The base event has none in OCSF 1.1: there it is in `unmapped`."""

PROCESSES = {
    **{f"process.{n}": TEXT for n in ("name", "cmd_line", "uid")},
    "process.pid": LONG,
    **{f"process.user.{n}": TEXT for n in ("name", "uid", "domain")},
    "process.file.name": TEXT,
    "process.file.path": TEXT,
    "process.file.type_id": INTEGER,
}
CALLER = {
    "actor.process.pid": LONG,
    **{f"actor.process.{n}": TEXT for n in ("name", "cmd_line", "uid")},
    **_user("actor.user"),
}
ENDPOINTS = {**_endpoint("src_endpoint"), **_endpoint("dst_endpoint")}

COLUMNS: Mapping[int, Mapping[str, str]] = {
    BASE: COMMON,
    PROCESS: {**COMMON, **DEVICE, **PROCESSES, **CALLER},
    ACCOUNT_CHANGE: {**COMMON, **DEVICE, **_user("user"), **CALLER},
    AUTHENTICATION: {
        **COMMON,
        **DEVICE,
        **_user("user"),
        **CALLER,
        **ENDPOINTS,
        "service.name": TEXT,
        "is_remote": FLAG,
        "logon_type_id": INTEGER,
        **aws.SESSION,
        **aws.CLOUD,
    },
    NETWORK: {
        **COMMON,
        **DEVICE,
        **ENDPOINTS,
        **CALLER,
        **aws.connection(),
        **aws.TRAFFIC,
        **aws.PLACES,
        **aws.CLOUD,
        **aws.CONTROL,
        **aws.of(TEXT, "hostname path url_string", "url."),
    },
    HTTP: {
        **COMMON,
        **DEVICE,
        **ENDPOINTS,
        **aws.REQUEST,
        **aws.RESPONSE,
        **aws.TRAFFIC,
        **aws.PLACES,
        **aws.CLOUD,
        **aws.CONTROL,
    },
    DNS: {
        **COMMON,
        **ENDPOINTS,
        **aws.DNS,
        **aws.connection(),
        **aws.PLACES,
        **aws.CLOUD,
        **aws.CONTROL,
    },
    API: {
        **COMMON,
        **ENDPOINTS,
        **aws.ACTOR,
        **aws.CALL,
        **aws.REQUEST,
        **aws.PLACES,
        **aws.CLOUD,
    },
    DATASTORE: {**COMMON, **ENDPOINTS, **aws.ACTOR, **aws.DATASTORE, **aws.CLOUD},
    VULNERABILITY: {**COMMON, **aws.FINDING, **aws.VULNERABILITY, **aws.CLOUD},
    COMPLIANCE: {**COMMON, **aws.FINDING, **aws.COMPLIANCE, **aws.CLOUD},
    DETECTION: {**COMMON, **aws.FINDING, **aws.DETECTION, **aws.CLOUD},
}
"""Class → column → type."""


def types(class_uid: int) -> dict[str, str]:
    """Top-level columns with DuckDB's types."""
    tree: dict[str, object] = {}
    for path, kind in COLUMNS[class_uid].items():
        put(tree, path, kind)
    return {name.removesuffix("[]"): _type(name, value) for name, value in tree.items()}


def _type(name: str, value: object) -> str:
    if not isinstance(value, dict):
        return str(value)
    fields = ", ".join(f'"{n.removesuffix("[]")}" {_type(n, v)}' for n, v in value.items())
    return f"STRUCT({fields}){'[]' if name.endswith('[]') else ''}"
