"""What Data Firehose calls with lines: each event of the source's class comes back as one.

Any other is given back as failed; Firehose keeps it as it came, below the prefix for failures, from
where `orchestrator logs ingest` reads it. Why is counted in the function's log.
Source: Data Firehose developer guide, "Transform source data in Amazon Data Firehose".
"""

from __future__ import annotations

import base64
import json
import logging
import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from orchestrator.logs.ingest.formats import auditd, cef, syslog, web, windows
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed
from orchestrator.logs.json_path import branch, compact

log = logging.getLogger(__name__)

FORMATS: Mapping[str, Callable[[str, Context], Ocsf]] = {
    "auditd": auditd.parse,
    "cef": cef.parse,
    "syslog": syslog.parse,
    "web": web.parse,
    "windows": windows.parse,
}
OK, FAILED = "Ok", "ProcessingFailed"

Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class Source:
    """The one format and class of what is sent."""

    format: str
    class_uid: int


def handler(event: Mapping[str, object], _: object) -> dict[str, object]:
    """Answer each record, in any order; none may be missing."""
    records = event["records"]
    assert isinstance(records, list)  # noqa: S101
    source = Source(os.environ["FORMAT"], int(os.environ["CLASS_UID"]))
    now = datetime.now(UTC)
    reasons: Counter[str] = Counter()
    answers = [transformed(record, source, now, reasons) for record in records]
    counted = {"records": len(answers), "failed": dict(reasons)}
    log.setLevel(logging.INFO)  # by default Lambda's log has warnings alone
    log.info("%s", json.dumps(counted))
    return {"records": answers}


def transformed(
    record: Mapping[str, str], source: Source, now: datetime, reasons: Counter[str]
) -> Record:
    """A record as Firehose takes it back; `reasons` counts why records failed."""
    name, data = record["recordId"], record["data"]
    try:
        text = base64.b64decode(data).decode("utf-8").strip("\r\n")
        event = _parsed(text, source, now)
    except (Unparsed, UnicodeDecodeError) as error:
        reasons["no UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)] += 1
        return {"recordId": name, "result": FAILED, "data": data}
    day = datetime.fromtimestamp(int(str(event["time"])) / 1000, UTC)
    return {
        "recordId": name,
        "result": OK,
        "data": base64.b64encode(_row(event, text, name)).decode(),
        "metadata": {"partitionKeys": {"eventDay": f"{day:%Y%m%d}"}},
    }


def _parsed(text: str, source: Source, now: datetime) -> Ocsf:
    """The event of a line. Raises Unparsed if it is not one of the source's class."""
    try:
        event = FORMATS[source.format](text, Context(UTC, now, now))
    except Unparsed:
        raise
    except (ValueError, OverflowError, RecursionError, LookupError) as error:
        raise Unparsed(f"{source.format}: {type(error).__name__}") from error
    if event["class_uid"] != source.class_uid:
        raise Unparsed(f"an event of class {event['class_uid']}")
    return event


def _row(event: Ocsf, raw: str, name: str) -> bytes:
    """The event in the lake's columns, as a line of JSON."""
    uid = sha256(f"{name}\0{raw}".encode()).hexdigest()[:32]
    whole = {**event, "metadata": {**branch(event, "metadata"), "uid": uid}, "raw_data": raw}
    if unmapped := event.get("unmapped"):
        whole["unmapped"] = compact(unmapped)
    return f"{json.dumps(whole)}\n".encode()
