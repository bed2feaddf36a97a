"""The same records as OCSF, in Parquet, in the buckets of Security Lake."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orchestrator.sandbox.trail.buckets import put

Json = dict[str, Any]


def to_lakes(records: Sequence[Json], lakes: Mapping[str, str]) -> None:
    """Write the records of each region that has a lake into its bucket."""
    for region, bucket in lakes.items():
        own = [each for each in records if each["awsRegion"] == region]
        if own:
            for name, data in _parquet(own):
                put(bucket, name, data)


def _parquet(records: Iterable[Json]) -> list[tuple[str, bytes]]:
    """Names and contents of the files, as Security Lake's source version 2.0 has them."""
    from orchestrator.logs.ingest.trail import ingest_trail  # noqa: PLC0415  loads an engine

    with TemporaryDirectory(prefix="sandbox-lake-") as folder:
        file, lake = Path(folder) / "records.json", Path(folder) / "lake"
        text = json.dumps({"Records": list(records)}, separators=(",", ":"), default=str)
        file.write_text(text, "utf-8")
        ingest_trail([file], lake)
        return [
            (f"{found.parent.relative_to(lake)}/{uuid.uuid4().hex}.gz.parquet", found.read_bytes())
            for found in sorted((lake / "aws").rglob("*.parquet"))
        ]
