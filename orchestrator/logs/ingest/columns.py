"""The columns of each class in the lake, for logs that are not CloudTrail's.

Security Lake takes one class for each custom source, so each class has a table of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.logs.json_path import put
from orchestrator.logs.ocsf.classes import (
    ACCOUNT_CHANGE,
    AUTHENTICATION,
    BASE,
    HTTP,
    NETWORK,
    PROCESS,
)

TEXT, INTEGER, LONG, FLAG = "VARCHAR", "INTEGER", "BIGINT", "BOOLEAN"


def _endpoint(name: str) -> dict[str, str]:
    return {
        **{f"{name}.{each}": TEXT for each in ("ip", "hostname", "name")},
        f"{name}.port": INTEGER,
    }


def _user(name: str) -> dict[str, str]:
    return {f"{name}.{each}": TEXT for each in ("name", "uid", "domain")}


COMMON = {
    **dict.fromkeys(("activity_id", "category_uid", "class_uid"), INTEGER),
    **dict.fromkeys(("severity_id", "status_id"), INTEGER),
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
    "device.hostname": TEXT,
    "device.type_id": INTEGER,
}
PROCESSES = {
    **{f"process.{n}": TEXT for n in ("name", "cmd_line", "uid")},
    "process.pid": LONG,
    "process.user.name": TEXT,
    "process.file.name": TEXT,
    "process.file.path": TEXT,
    "process.file.type_id": INTEGER,
}
CALLER = {"actor.process.pid": LONG, "actor.process.name": TEXT, **_user("actor.user")}
ENDPOINTS = {**_endpoint("src_endpoint"), **_endpoint("dst_endpoint")}

COLUMNS: Mapping[int, Mapping[str, str]] = {
    BASE: COMMON,
    PROCESS: {**COMMON, **PROCESSES, **CALLER},
    ACCOUNT_CHANGE: {**COMMON, **_user("user"), **CALLER},
    AUTHENTICATION: {
        **COMMON,
        **_user("user"),
        **ENDPOINTS,
        "service.name": TEXT,
        "is_remote": FLAG,
        "logon_type_id": INTEGER,
    },
    NETWORK: {
        **COMMON,
        **ENDPOINTS,
        **CALLER,
        "connection_info.direction_id": INTEGER,
        "connection_info.protocol_num": INTEGER,
        "connection_info.protocol_name": TEXT,
        "traffic.bytes_in": LONG,
        "traffic.bytes_out": LONG,
    },
    HTTP: {
        **COMMON,
        **ENDPOINTS,
        **{f"http_request.{n}": TEXT for n in ("http_method", "user_agent", "referrer", "version")},
        **{f"http_request.url.{n}": TEXT for n in ("path", "url_string", "query_string")},
        "http_response.code": INTEGER,
        "http_response.length": LONG,
    },
}
"""Class → column → type."""


def types(class_uid: int) -> dict[str, str]:
    """Top-level columns with DuckDB's types."""
    tree: dict[str, object] = {}
    for path, kind in COLUMNS[class_uid].items():
        put(tree, path, kind)
    return {name: _type(value) for name, value in tree.items()}


def _type(value: object) -> str:
    if isinstance(value, dict):
        fields = ", ".join(f'"{name}" {_type(inner)}' for name, inner in value.items())
        return f"STRUCT({fields})"
    return str(value)
