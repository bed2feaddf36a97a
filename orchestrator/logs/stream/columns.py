"""The columns of each class as Glue writes them, so that Data Firehose can make Parquet.

Source: Data Firehose developer guide, "Convert input data format"; Hive's types.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from orchestrator.logs.ingest.columns import COLUMNS, FLAG, INTEGER, LONG, TEXT
from orchestrator.logs.json_path import put
from orchestrator.logs.ocsf.classes import BASE, ocsf_class

GLUE = {
    TEXT: "string",
    INTEGER: "int",
    LONG: "bigint",
    FLAG: "boolean",
    f"{TEXT}[]": "array<string>",
}


def columns(class_uid: int) -> Mapping[str, str]:
    """Top-level column → type."""
    tree: dict[str, object] = {}
    for path, kind in COLUMNS[class_uid].items():
        put(tree, path, kind)
    return {name: _type(value) for name, value in tree.items()}


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


def _type(value: object) -> str:
    if isinstance(value, dict):
        inner = ",".join(f"{name}:{_type(each)}" for name, each in value.items())
        return f"struct<{inner}>"
    return GLUE[str(value)]
