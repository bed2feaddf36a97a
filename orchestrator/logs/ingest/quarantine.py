"""Where records go that are no events: `quarantine/<source>/<batch>.ndjson` of the lake."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from orchestrator.logs.ingest.counts import Quarantined


def stage(folder: Path, source: str, batch: str, records: Sequence[Quarantined]) -> None:
    """Write them beside what was staged of the same batch."""
    if not records:
        return
    file = folder / "quarantine" / source / f"{batch}.ndjson"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(record), ensure_ascii=True) for record in records)
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
