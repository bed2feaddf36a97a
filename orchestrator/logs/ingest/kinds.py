"""What a file is, by how it begins: CloudTrail's records, a log of another kind, or neither."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.logs.ingest import documents
from orchestrator.logs.ingest.records import beginning, failure, unpacked

ARCHIVES = {
    b"PK\x03\x04": "zip archive",
    b"PAR1": "Parquet",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf": "7-Zip archive",
    b"SQLite format 3\x00": "SQLite",
    b"\x7fELF": "program",
    b"MZ\x90": "program",
    b"%PDF-": "PDF",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
    b"\xd4\xc3\xb2\xa1": "captured packets",
    b"\x0a\x0d\x0d\x0a": "captured packets",
    b"Obj\x01": "Avro",
    b"ORC": "ORC",
}
NOT_RECORDS = (
    (re.compile(rb'"digestStartTime"\s*:'), "CloudTrail digest"),
    (re.compile(rb'"configSnapshotId"\s*:'), "AWS Config snapshot"),
    (re.compile(rb'"configurationItems"\s*:'), "AWS Config history"),
)
CHECK = "ConfigWritabilityCheckFile"


@dataclass(frozen=True, slots=True)
class Kind:
    """`passed` says what a file without records is; `trail` that its records are CloudTrail's."""

    trail: bool = False
    json: bool = False
    passed: str = ""


def kind_of(file: Path) -> Kind:
    """By its first bytes, uncompressed. A file that is damaged there is no other kind's."""
    if file.name == CHECK:
        return Kind(passed="AWS Config's check of the bucket")
    with unpacked(file) as stream:
        head = beginning(stream)
        damaged = not head and failure(stream) is not None
    passed = next((what for begin, what in ARCHIVES.items() if head.startswith(begin)), "")
    if passed or damaged:
        return Kind(trail=damaged and ".json" in file.name, json=damaged, passed=passed)
    if documents.begins(head) or documents.is_results(head):
        return _of_json(head)
    return Kind()


def _of_json(head: bytes) -> Kind:
    if b'"eventVersion"' not in head[:4096]:
        for pattern, what in NOT_RECORDS:
            if pattern.search(head[:4096]):
                return Kind(passed=what)
    return Kind(trail=documents.is_results(head) or _is_trail(head), json=True)


def _is_trail(head: bytes) -> bool:
    for line in documents.lines(io.BufferedReader(io.BytesIO(head))):
        if line.broken:
            return b'"eventVersion"' in head and b'"eventSource"' in head
        try:
            value = json.loads(line.text)
        except (ValueError, RecursionError):
            return False
        return isinstance(value, Mapping) and of_trail(value)
    return False


def of_trail(value: Mapping[str, object]) -> bool:
    """Whether a record is CloudTrail's: also an Insights event, which has no source of its own."""
    return "eventVersion" in value and any(
        name in value for name in ("eventSource", "insightDetails", "eventCategory", "eventName")
    )
