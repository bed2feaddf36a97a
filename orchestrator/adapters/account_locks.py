"""One run in an account at a time: a file for this checkout, an object in the state bucket for all.

The object is a lease (`aws/leases.py`). It is written only where there is none, or over the very
one that was judged to be left behind; it is renewed while its holder lives, and removed when the
account is free. The port is ports.AccountLocks.
"""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import psutil

from orchestrator.adapters.aws import leases
from orchestrator.adapters.aws.leases import LeaseBucket, Renewing, Seen, Ticks
from orchestrator.adapters.process_guard import at_work_below
from orchestrator.adapters.process_watch import ticks
from orchestrator.errors import AccountBusy, AwsDenied
from orchestrator.model.lease import LENGTH, Here, Lease, left_behind, may_take_over
from orchestrator.model.names import AccountId, StackKey


class LockFile:
    """Keeps the last holder's lease in it, also after it has gone."""

    def __init__(self, folder: Path, account: AccountId) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(folder / f"{account}.json", os.O_RDWR | os.O_CREAT, 0o600)

    def take(self) -> bool:
        """Whether no other process has it. The kernel lets go of it when we end."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def last(self) -> Lease | None:
        """Who had it last, as far as is known."""
        try:
            return leases.lease_from(os.pread(self._file, 1 << 16, 0))
        except ValueError:
            return None

    def note(self, lease: Lease) -> None:
        """Say who has it. A text that is torn by our end is as good as none."""
        text = leases.lease_text(lease).encode()
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text, 0)

    def close(self) -> None:
        os.close(self._file)


BOOT, NAMESPACE = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")


def place() -> str:
    """The same for all processes that see each other's numbers, and for no others.

    Without /proc it is this process's own: then a lease is waited out.
    """
    try:
        text = f"{BOOT.read_text().strip()} {NAMESPACE.readlink()}"
    except OSError:
        text = f"{os.getpid()} {psutil.Process().create_time()}"
    return sha256(f"{socket.gethostname()} {text}".encode()).hexdigest()[:16]


def alive(lease: Lease) -> bool:
    """Whether the holder is still there. A younger process has only got its number."""
    try:
        gone = psutil.Process(lease.pid).status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
    return not gone and started(lease.pid) == (lease.started or started(lease.pid))


def started(pid: int) -> str:
    """When the process was started, in the kernel's own count since the machine was; '' without
    /proc. No clock that is set changes it. Source: Linux manual pages, proc_pid_stat(5).
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Who we are to other runs. `build` is where the stacks' folders are."""

    run: str
    build: Path
    host: str = field(default_factory=socket.gethostname)
    place: str = field(default_factory=place)
    pid: int = field(default_factory=os.getpid)

    def lease(self, now: datetime) -> Lease:
        until = now + LENGTH
        return Lease(self.run, self.host, self.place, self.pid, now, until, started(self.pid))


class Fence(Protocol):
    """Keeps processes from a folder."""

    def allow(self, folder: Path, until: float | None) -> None:
        """What runs there is ended in order after that, in ticks; None: it is not."""
        ...


class KeptOut:
    """Holds accounts. `files` is a folder for the locks of this checkout."""

    def __init__(
        self,
        who: Whereabouts,
        bucket: LeaseBucket,
        files: Path,
        fence: Fence,
        ticks: Ticks = ticks,
    ) -> None:
        self._who, self._bucket, self._files = who, bucket, files
        self._fence, self._ticks = fence, ticks
        self._mine: dict[AccountId, threading.Lock] = {}
        self._held: dict[AccountId, Renewing] = {}
        self._guard = threading.Lock()

    @contextmanager
    def hold(self, key: StackKey) -> Iterator[None]:
        """Also from the run's own other stacks of the account, which wait."""
        account = key.account_id
        with self._guard:
            own = self._mine.setdefault(account, threading.Lock())
        with own, self._in_this_checkout(account) as file:
            since = self._ticks()
            before, seen, now = self._take(account, file)
            file.note(seen.lease)
            renewing = Renewing(
                account,
                seen,
                self._bucket,
                since,
                self._ticks,
                lambda until: self._fence.allow(self._who.build / key.folder, until),
            )
            self._held[account] = renewing
            try:
                with renewing:
                    self._clear(key, before, Here(self._who.place, now))
                    yield
                    renewing.confirm()
            finally:
                del self._held[account]
                file.note(renewing.seen.lease)
                self._let_go(account, renewing)

    def confirm(self, key: StackKey) -> None:
        """Raises LeaseLost unless the account is still held."""
        self._held[key.account_id].confirm()

    def tidy(self, key: StackKey) -> None:
        """To hold the account is to take over what is left, and to let it go again."""
        try:
            if self._bucket.see(key.account_id).seen or self._bucket.leftover(key):
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

    def _take(self, account: AccountId, file: LockFile) -> tuple[Lease | None, Seen, datetime]:
        """The holder before us, where one has left something behind; our lease, and the time."""
        look = self._bucket.see(account)
        there, lease = look.seen, self._who.lease(look.at)
        if there is None:
            etag = self._bucket.put(account, lease)
        elif may_take_over(there.lease, self._lives(there.lease), Here(self._who.place, look.at)):
            log.warning("account %s: taken over from %s, which is gone", account, there.lease)
            etag = self._bucket.put(account, lease, over=there.etag)
        else:
            raise AccountBusy(account, str(there.lease))
        if not etag:
            other = self._bucket.see(account).seen
            raise AccountBusy(account, str(other.lease) if other else "another run")
        return (there.lease if there else file.last()), Seen(lease, etag), look.at

    def _lives(self, lease: Lease) -> bool:
        """A lease of our own that could not be removed does not keep other runs out."""
        return lease.run != self._who.run and alive(lease)

    def _let_go(self, account: AccountId, renewing: Renewing) -> None:
        """What has been done does not fail because of a lease, which ends of itself."""
        if not renewing.holds:
            return
        try:
            self._bucket.remove(account, renewing.seen.etag)
        except AwsDenied as denied:
            log.warning("account %s: the lease stays until it ends: %s", account, denied.message)

    def _clear(self, key: StackKey, before: Lease | None, here: Here) -> None:
        """Terraform that was killed with its run cannot let go of the state's lock."""
        lock = self._bucket.leftover(key)
        if lock is None:
            return
        running = at_work_below(self._who.build / key.folder, lambda _: True)
        if left_behind(lock, before, running, here) and self._bucket.clear(key, lock):
            log.warning("%s: removed the lock %s that %s has left", key, lock.id, before)
        else:
            since = f"{lock.created:%Y-%m-%d %H:%M} UTC"
            log.warning("%s: the state is locked by %s since %s: waiting", key, lock.who, since)
