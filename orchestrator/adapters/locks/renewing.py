"""A lease renewed for as long as its holder works."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from orchestrator.adapters.locks.bucket import LeaseBucket, Seen
from orchestrator.errors import AwsDenied
from orchestrator.model.lease import LENGTH, RENEWED, Lease
from orchestrator.model.names import AccountId

log = logging.getLogger(__name__)


class Renewing:
    """A thread that renews; it ends with the context."""

    def __init__(
        self, account: AccountId, seen: Seen, bucket: LeaseBucket, clock: Callable[[], datetime]
    ) -> None:
        self._account, self._seen, self._bucket, self._clock = account, seen, bucket, clock
        self._ended = threading.Event()
        self._lost = False
        self._thread = threading.Thread(target=self._run, name=f"lease {account}", daemon=True)

    @property
    def lease(self) -> Lease:
        return self._seen.lease

    @property
    def holds(self) -> bool:
        """Whether it is still ours. One that has run out may be another's by now."""
        return not self._lost and self._clock() < self.lease.until

    def __enter__(self) -> Renewing:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(RENEWED.total_seconds()):
            self.renew()

    def renew(self) -> None:
        """Prolong it. What cannot be written now may be the next time, before it runs out."""
        longer = replace(self.lease, until=self._clock() + LENGTH)
        try:
            etag = self._bucket.put(self._account, longer, over=self._seen.etag)
        except AwsDenied as denied:
            log.warning("account %s: the lease was not renewed: %s", self._account, denied.message)
            return
        self._lost = not etag
        if etag:
            self._seen = Seen(longer, etag)
        else:
            log.error("account %s: the lease is another run's now", self._account)
