"""What Data Firehose calls with lines: each event of the source's class comes back as one.

Any other is given back as failed; Firehose keeps it as it came, below the prefix for failures, from
where `orchestrator logs ingest` reads it. Why is counted in the function's log.

An event is many times as long as its line, and an answer has 6 MB at most: what does not fit is put
into the stream once more, or given back as failed where the stream may not be written to.
Source: Data Firehose developer guide, "Transform source data in Amazon Data Firehose", "Data
transformation failure handling" and "Buffer data for dynamic partitioning".
"""

from __future__ import annotations

import base64
import json
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from orchestrator.logs.ingest.formats import auditd, cef, syslog, web, windows
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Skipped, Unparsed
from orchestrator.logs.json_path import branch, compact

log = logging.getLogger(__name__)

FORMATS: Mapping[str, Callable[[str, Context], Ocsf]] = {
    "auditd": auditd.parse,
    "cef": cef.parse,
    "syslog": syslog.parse,
    "web": web.parse,
    "windows": windows.parse,
}
OK, FAILED, DROPPED = "Ok", "ProcessingFailed", "Dropped"

MOST = 6_291_556
"""Bytes of an answer. Source: Lambda developer guide, "Quotas", synchronous invocation."""
BATCH_RECORDS, BATCH_BYTES = 500, 4 * 1024 * 1024
"""Of PutRecordBatch. Source: Data Firehose API reference."""
TRIES = 3
OLDEST, NEWEST = timedelta(days=366), timedelta(days=2)
"""Each day is a partition, and a stream has 500 at once: older lines are a case for ingest."""

Record = dict[str, object]
Put = Callable[[Sequence[bytes]], Sequence[int]]
"""Puts at most BATCH_RECORDS records into the stream; answers with the places of those refused."""
EMPTY = len(json.dumps({"records": []}))


@dataclass(frozen=True, slots=True)
class Source:
    """The one format and class of what is sent."""

    format: str
    class_uid: int


@dataclass(slots=True)
class Tally:
    """Records that are no events by their reasons, and those put into the stream once more."""

    failed: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    again: int = 0


def handler(event: Mapping[str, object], _: object) -> dict[str, object]:
    """Answer each record, in any order; none may be missing."""
    records = event["records"]
    assert isinstance(records, list)  # noqa: S101
    source = Source(os.environ["FORMAT"], int(os.environ["CLASS_UID"]))
    stream = str(event["deliveryStreamArn"]).partition("/")[2]
    put = into(stream) if os.environ.get("REINGEST") == "true" else None
    tally = Tally()
    answers = answered(records, source, datetime.now(UTC), tally, put)
    said = {
        "records": len(answers),
        "failed": dict(tally.failed),
        "skipped": dict(tally.skipped),
        "again": tally.again,
    }
    log.setLevel(logging.INFO)  # by default Lambda's log has warnings alone
    log.info("%s", json.dumps(said))
    return {"records": answers}


def answered(
    records: Sequence[Mapping[str, str]],
    source: Source,
    now: datetime,
    tally: Tally,
    put: Put | None = None,
    most: int = MOST,
) -> list[Record]:
    """An answer for each of `records`, together no longer than `most` bytes as Lambda writes them.

    Room is kept for all that are still to come to be given back: an answer without an event is
    shorter than the record that Firehose sent, and what Firehose sent had 6 MB at most as well.
    """
    room = most - EMPTY - sum(_length(_failed(record)) for record in records)
    answers: list[Record] = []
    left: list[Mapping[str, str]] = []
    for record in records:
        answer = transformed(record, source, now, tally)
        more = _length(answer) - _length(_failed(record))
        if more <= room or answer["result"] != OK:
            room -= more
            answers.append(answer)
        elif put is None or EMPTY + _length(answer) > most:
            tally.failed["no room in the answer" if put is None else "longer than an answer"] += 1
            answers.append(_failed(record))
        else:
            left.append(record)
    return [*answers, *(_again(left, put, tally) if put else ())]


def _length(answer: Record) -> int:
    """Bytes of an answer in the document, with what stands between it and the next."""
    return len(json.dumps(answer)) + len(", ")


def transformed(record: Mapping[str, str], source: Source, now: datetime, tally: Tally) -> Record:
    """A record as Firehose takes it back."""
    name = record["recordId"]
    try:
        text = base64.b64decode(record["data"]).decode("utf-8").strip("\r\n")
        event = _parsed(text, source, now)
        day = _day(event, now)
    except Skipped as why:
        tally.skipped[str(why)] += 1
        return {"recordId": name, "result": DROPPED}
    except (Unparsed, UnicodeDecodeError) as error:
        tally.failed["no UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)] += 1
        return _failed(record)
    return {
        "recordId": name,
        "result": OK,
        "data": base64.b64encode(_row(event, text, name)).decode(),
        "metadata": {"partitionKeys": {"eventDay": day}},
    }


def _failed(record: Mapping[str, str]) -> Record:
    """Without its data, which Firehose has and keeps as it was sent."""
    return {"recordId": record["recordId"], "result": FAILED}


def _parsed(text: str, source: Source, now: datetime) -> Ocsf:
    """The event of a line. Raises Unparsed if it is not one of the source's class."""
    try:
        event = FORMATS[source.format](text, Context(UTC, now, now))
    except (Skipped, Unparsed):
        raise
    except (ValueError, OverflowError, RecursionError, LookupError) as error:
        raise Unparsed(f"{source.format}: {type(error).__name__}") from error
    if event["class_uid"] != source.class_uid:
        raise Unparsed(f"an event of class {event['class_uid']}")
    return event


def _day(event: Ocsf, now: datetime) -> str:
    """The event's own day, a partition. Raises Unparsed where it is too far from today."""
    try:
        moment = datetime.fromtimestamp(int(str(event["time"])) / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unparsed("a time that is none") from error
    if not now - OLDEST <= moment <= now + NEWEST:
        raise Unparsed("a day that is not of the last year")
    return f"{moment:%Y%m%d}"


def _row(event: Ocsf, raw: str, name: str) -> bytes:
    """The event in the lake's columns, as a line of JSON."""
    uid = sha256(f"{name}\0{raw}".encode()).hexdigest()[:32]
    whole = {**event, "metadata": {**branch(event, "metadata"), "uid": uid}, "raw_data": raw}
    if unmapped := event.get("unmapped"):
        whole["unmapped"] = compact(unmapped)
    return f"{json.dumps(whole, separators=(',', ':'))}\n".encode()


def _again(left: Sequence[Mapping[str, str]], put: Put, tally: Tally) -> Iterator[Record]:
    """Put what is left into the stream, and drop it from this answer: it comes in another.

    What the stream refuses is given back as failed. It is not raised: Firehose would send the whole
    batch once more, and what the stream has taken would be there twice.
    """
    for batch in _batches(left):
        refused = _put(batch, put)
        for at, record in enumerate(batch):
            if at in refused:
                tally.failed["the stream did not take it again"] += 1
                yield _failed(record)
            else:
                tally.again += 1
                yield {"recordId": record["recordId"], "result": DROPPED}


def _put(batch: Sequence[Mapping[str, str]], put: Put) -> set[int]:
    """The places of those that the stream has not taken."""
    data = [base64.b64decode(record["data"]) for record in batch]
    waiting = list(range(len(batch)))
    for _ in range(TRIES):
        if waiting:
            waiting = [waiting[at] for at in put([data[at] for at in waiting])]
    return set(waiting)


def _batches(records: Sequence[Mapping[str, str]]) -> Iterator[list[Mapping[str, str]]]:
    batch: list[Mapping[str, str]] = []
    size = 0
    for record in records:
        length = len(record["data"])  # in base64, as it travels: longer than what is counted
        if batch and (len(batch) == BATCH_RECORDS or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += length
    if batch:
        yield batch


def into(stream: str) -> Put:
    """Put records into the stream of that name."""

    def put(data: Sequence[bytes]) -> Sequence[int]:
        import boto3  # noqa: PLC0415 -- Lambda has it; it is slow to load, and seldom needed
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            answer = boto3.client("firehose").put_record_batch(
                DeliveryStreamName=stream, Records=[{"Data": each} for each in data]
            )
        except (BotoCoreError, ClientError) as error:
            log.warning("put into the stream again: %s", error)
            return range(len(data))
        answers = answer["RequestResponses"]
        return [at for at, each in enumerate(answers) if "ErrorCode" in each]

    return put
