"""Calls that wait for their records, in a file, so that they take no memory however many."""

from __future__ import annotations

import gzip
import json
import logging
import pickle
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from moto.events.models import events_backends

from orchestrator.sandbox.exchange import Answer, Exchange
from orchestrator.sandbox.trail import shapes
from orchestrator.sandbox.trail.archive import Trail, deliver, lakes, logging_trails, put
from orchestrator.sandbox.trail.record import Seen, copies, record, see

NAME = "trail.spool"


class Spool:
    """First in, first out. What is taken is gone; only this process reads what it wrote."""

    def __init__(self, home: Path) -> None:
        self._file = home / NAME
        self._lock = threading.Lock()
        self._stream: BinaryIO | None = None
        self._clear()

    def put(self, seen: Seen) -> None:
        """A few microseconds: nothing is made of the call yet."""
        data = pickle.dumps(seen, pickle.HIGHEST_PROTOCOL)
        with self._lock:
            if self._stream is None:
                self._file.touch(mode=0o600)
                self._stream = self._file.open("ab")
            self._stream.write(data)

    def take(self) -> Iterator[Seen]:
        """All that waits, oldest first; what comes meanwhile waits for the next time."""
        taken = self._file.with_suffix(".taken")
        with self._lock:
            if self._stream is None:
                return
            self._stream.close()
            self._stream = None
            self._file.replace(taken)
        with taken.open("rb") as stream:
            while stream.peek(1):
                yield pickle.load(stream)  # noqa: S301  our own file, in our own folder
        taken.unlink(missing_ok=True)

    def forget(self) -> None:
        """Nothing waits any more."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        self._file.unlink(missing_ok=True)


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


def announce(exchange: Exchange, answer: Answer, time: datetime) -> None:
    """Let the rules of the account's default bus see the call, if there are any."""
    call, principal = exchange.call, exchange.principal
    if principal is None or shapes.reads(call.operation):
        return
    region = "us-east-1" if call.service in shapes.GLOBAL else call.region
    rules = _rules(principal.account_id, region)
    made = record(exchange, answer, time) if rules else None
    if made is None or not any(trail.wants(made) for trail in logging_trails()):
        return
    event = _event(made)
    for rule in rules:
        rule.send_to_targets(event)


def _rules(account_id: str, region: str) -> list[Any]:
    """Without making a backend where there is none yet."""
    backend = dict.get(dict.get(events_backends, account_id, {}), region)
    bus = backend.event_buses.get("default") if backend else None
    return [rule for rule in list(bus.rules.values()) if rule.targets] if bus else []


def _event(detail: Json) -> Json:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "AWS API Call via CloudTrail",
        "source": f"aws.{detail['eventSource'].partition('.')[0]}",
        "account": detail["recipientAccountId"],
        "time": detail["eventTime"],
        "region": detail["awsRegion"],
        "resources": [],
        "detail": detail,
    }


log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds. AWS takes some minutes."""

SHARE = 0.1
"""Of one core: after a delivery that took a second comes a rest of nine."""

BATCH = 2_000
"""Records that are in memory at a time."""


class Delivery:
    """Takes note of calls while a trail logs, and delivers their records."""

    def __init__(self, home: Path) -> None:
        self._spool = Spool(home)
        self._working = threading.Lock()
        self._trails: tuple[Trail, ...] = ()
        threading.Thread(target=self._forever, name="cloudtrail", daemon=True).start()

    def note(self, exchange: Exchange, answer: Answer, time: datetime) -> None:
        """Called for each request: cheap, and nothing at all while no trail logs."""
        if exchange.call.service == "cloudtrail":
            self._trails = logging_trails()
        if self._trails and (seen := see(exchange, answer, time)):
            self._spool.put(seen)

    def flush(self) -> int:
        """Deliver all that waits, now; how many records that were."""
        with self._working:
            self._trails = logging_trails()
            waiting = (record for seen in self._spool.take() for record in copies(seen))
            return sum(self._delivered(batch) for batch in _batches(waiting))

    def forget(self) -> None:
        """Nothing waits, and no trail logs."""
        with self._working:
            self._trails = ()
            self._spool.forget()

    def _forever(self) -> None:
        rest = EVERY
        while True:
            time.sleep(rest)
            begin = time.thread_time()
            self.flush()
            rest = max(EVERY, (time.thread_time() - begin) / SHARE)

    def _delivered(self, records: Sequence[Json]) -> int:
        """moto's services raise what they like; the batches after this one must not wait for it."""
        try:
            self._deliver(records)
        except Exception:
            log.exception("%s records of calls were not delivered", len(records))
            return 0
        return len(records)

    def _deliver(self, records: Sequence[Json]) -> None:
        for trail in self._trails:
            for (account, region, day), some in _by_place(filter(trail.wants, records)).items():
                key = f"{trail.folder(account, region, day)}/{_name(account, region)}"
                body = json.dumps({"Records": some}, separators=(",", ":"), default=str)
                problem = deliver(trail, key, gzip.compress(body.encode(), 1))
                if problem:
                    log.warning("%s", problem)
        if self._trails and (found := lakes()):
            to_lakes(records, found)


def _by_place(records: Iterable[Json]) -> dict[tuple[str, str, str], list[Json]]:
    """By account, region and day as yyyy/mm/dd."""
    found: dict[tuple[str, str, str], list[Json]] = defaultdict(list)
    for each in records:
        day = str(each["eventTime"])[:10].replace("-", "/")
        found[each["recipientAccountId"], each["awsRegion"], day].append(each)
    return found


def _name(account: str, region: str) -> str:
    """Source: CloudTrail User Guide, "CloudTrail log file name format"."""
    moment = time.strftime("%Y%m%dT%H%MZ", time.gmtime())
    return f"{account}_CloudTrail_{region}_{moment}_{uuid.uuid4().hex[:16]}.json.gz"


def _batches(records: Iterator[Json]) -> Iterator[list[Json]]:
    while batch := list(islice(records, BATCH)):
        yield batch
