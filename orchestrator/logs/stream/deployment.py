"""What modules/onprem_log_source is given: the function's code, and the columns of each class.

Glue has the columns, so that Data Firehose can write Parquet.
Source: Data Firehose developer guide, "Convert input data format"; Hive's types.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from orchestrator.logs.json_path import put
from orchestrator.logs.ocsf.classes import BASE, COLUMNS, ocsf_class
from orchestrator.logs.ocsf.columns import FLAG, INTEGER, LONG, NUMBER, TEXT

LOGS = Path(__file__).parents[1]
OWN = (
    "__init__.py",
    "ingest/__init__.py",
    "ocsf/__init__.py",
    "ocsf/classes.json",
    "ocsf/classes.py",
    "ocsf/columns.py",
    "stream/__init__.py",
    "stream/function.py",
    "json_path.py",
)
MARKER = b'"""The part of the orchestrator that runs in AWS Lambda."""\n'


def files() -> Mapping[str, bytes]:
    """By path: the function, the parsers, and what they import."""
    parsers = (path.relative_to(LOGS).as_posix() for path in LOGS.glob("ingest/formats/*.py"))
    found = {f"orchestrator/logs/{name}": (LOGS / name).read_bytes() for name in (*OWN, *parsers)}
    return {"orchestrator/__init__.py": MARKER, **found}


GLUE = {
    TEXT: "string",
    INTEGER: "int",
    LONG: "bigint",
    FLAG: "boolean",
    NUMBER: "double",
}


def columns(class_uid: int) -> Mapping[str, str]:
    """Top-level column → type."""
    tree: dict[str, object] = {}
    for path, kind in COLUMNS[class_uid].items():
        put(tree, path, kind)
    return {name.removesuffix("[]"): _type(name, value) for name, value in tree.items()}


def document() -> str:
    """All classes a source may have, as modules/onprem_log_source reads them."""
    named = {
        ocsf_class(uid).name.upper().replace(" ", "_"): [
            {"name": name, "type": kind} for name, kind in columns(uid).items()
        ]
        for uid in COLUMNS
        if uid != BASE
    }
    return json.dumps(named, indent=1, sort_keys=True) + "\n"


def _type(name: str, value: object) -> str:
    if isinstance(value, dict):
        inner = ",".join(f"{n.removesuffix('[]')}:{_type(n, each)}" for n, each in value.items())
        kind = f"struct<{inner}>"
    else:
        kind = GLUE[str(value).removesuffix("[]")]
    listed = name.endswith("[]") or str(value).endswith("[]")
    return f"array<{kind}>" if listed else kind
