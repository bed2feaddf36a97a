"""Records on their way to the buckets: in the background, some seconds after the calls."""

from __future__ import annotations

import gzip
import json
import logging
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from orchestrator.sandbox.exchange import Answer, Exchange
from orchestrator.sandbox.trail.buckets import Trail, deliver, lakes, logging_trails
from orchestrator.sandbox.trail.lake import to_lakes
from orchestrator.sandbox.trail.record import copies, see
from orchestrator.sandbox.trail.spool import Spool

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds. AWS takes some minutes."""

SHARE = 0.1
"""Of one core: after a delivery that took a second comes a rest of nine."""

BATCH = 2_000
"""Records that are in memory at a time."""

Json = dict[str, Any]


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
