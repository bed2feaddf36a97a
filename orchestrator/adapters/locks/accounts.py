"""The account locks: see ports.AccountLocks."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from orchestrator.adapters.locks.bucket import LeaseBucket, Seen
from orchestrator.adapters.locks.file import LockFile
from orchestrator.adapters.locks.place import alive, place
from orchestrator.adapters.locks.renewing import Renewing
from orchestrator.adapters.orphans import at_work_below
from orchestrator.errors import AccountBusy, AwsDenied
from orchestrator.model.lease import LENGTH, Here, Lease, left_behind, may_take_over
from orchestrator.model.names import AccountId, StackKey

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Who we are to other runs. `chain` are earlier runs that this one takes up again."""

    run: str
    clock: Callable[[], datetime]
    build: Path
    chain: frozenset[str] = frozenset()
    host: str = field(default_factory=socket.gethostname)
    place: str = field(default_factory=place)
    pid: int = field(default_factory=os.getpid)

    def here(self) -> Here:
        return Here(self.place, self.clock(), self.chain)

    def lease(self) -> Lease:
        now = self.clock()
        return Lease(self.run, self.host, self.place, self.pid, now, now + LENGTH)


class KeptOut:
    """Holds accounts. `files` is a folder for the locks of this checkout."""

    def __init__(self, who: Whereabouts, bucket: LeaseBucket, files: Path) -> None:
        self._who, self._bucket, self._files = who, bucket, files
        self._mine: dict[AccountId, threading.Lock] = {}
        self._guard = threading.Lock()

    @contextmanager
    def hold(self, key: StackKey) -> Iterator[None]:
        """Also from the run's own other stacks of the account, which wait."""
        account = key.account_id
        with self._guard:
            own = self._mine.setdefault(account, threading.Lock())
        with own, self._in_this_checkout(account) as file:
            lease = self._who.lease()
            before, etag = self._take(account, lease, file)
            file.note(lease)
            renewing = Renewing(account, Seen(lease, etag), self._bucket, self._who.clock)
            try:
                with renewing:
                    self._clear(key, before)
                    yield
            finally:
                file.note(renewing.lease)
                self._let_go(account, renewing)

    def tidy(self, key: StackKey) -> None:
        """To hold the account is to take over what is left, and to let it go again."""
        try:
            if self._bucket.see(key.account_id) or self._bucket.leftover(key):
                with self.hold(key):
                    pass
        except (AccountBusy, AwsDenied) as error:
            log.debug("%s: nothing is tidied: %s", key, error.message)

    @contextmanager
    def _in_this_checkout(self, account: AccountId) -> Iterator[LockFile]:
        file = LockFile(self._files, account)
        try:
            if not file.take():
                last = file.last()
                raise AccountBusy(account, str(last) if last else "another run in this checkout")
            yield file
        finally:
            file.close()

    def _take(self, account: AccountId, lease: Lease, file: LockFile) -> tuple[Lease | None, str]:
        """The holder before us, where one has left something behind, and our lease's ETag."""
        seen = self._bucket.see(account)
        if seen is None:
            etag = self._bucket.put(account, lease)
        elif may_take_over(seen.lease, self._lives(seen.lease), self._who.here()):
            log.warning("account %s: taken over from %s, which is gone", account, seen.lease)
            etag = self._bucket.put(account, lease, over=seen.etag)
        else:
            raise AccountBusy(account, str(seen.lease))
        if not etag:
            other = self._bucket.see(account)
            raise AccountBusy(account, str(other.lease) if other else "another run")
        return (seen.lease if seen else file.last()), etag

    def _lives(self, lease: Lease) -> bool:
        """A lease of our own that could not be removed keeps nobody out."""
        return lease.run != self._who.run and alive(lease)

    def _let_go(self, account: AccountId, renewing: Renewing) -> None:
        """What has been done does not fail because of a lease, which ends of itself."""
        if not renewing.holds:
            return
        try:
            self._bucket.remove(account)
        except AwsDenied as denied:
            log.warning("account %s: the lease stays until it ends: %s", account, denied.message)

    def _clear(self, key: StackKey, before: Lease | None) -> None:
        """Terraform that was killed with its run cannot let go of the state's lock."""
        lock = self._bucket.leftover(key)
        if lock is None:
            return
        running = at_work_below(self._who.build / key.folder, lambda _: True)
        if left_behind(lock, before, running, self._who.here()):
            self._bucket.clear(key)
            log.warning("%s: removed the lock %s that %s has left", key, lock.id, before)
        else:
            since = f"{lock.created:%Y-%m-%d %H:%M} UTC"
            log.warning("%s: the state is locked by %s since %s: waiting", key, lock.who, since)
