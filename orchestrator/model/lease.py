"""Who may change an account, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LENGTH = timedelta(minutes=15)
"""How long a lease holds without being renewed; longer than Terraform goes on when its run was
killed (adapters/process_guard.py)."""

RENEWED = LENGTH / 3
"""How often a living holder renews it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The hold of one run on an account; times in UTC.

    `place` is the same for processes that see each other: on one machine, since it was started,
    in one container. `pid` is the process's number there.
    """

    run: str
    host: str
    place: str
    pid: int
    since: datetime
    until: datetime

    def __str__(self) -> str:
        return f"run {self.run} on {self.host}, until {self.until:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class Leftover:
    """A lock of Terraform's own on a state: who has taken it, and when."""

    id: str
    who: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Here:
    """What the asking run knows of itself: its place, the time, the runs it takes up again."""

    place: str
    now: datetime
    chain: frozenset[str] = frozenset()


def may_take_over(lease: Lease, alive: bool, here: Here) -> bool:
    """Whether the holder is gone. `alive` is known of holders in our own place alone.

    A run that is taken up again has ended where it was, so no run waits for its lease.
    """
    if lease.place == here.place:
        return not alive
    return lease.until <= here.now or lease.run in here.chain


def left_behind(lock: Leftover, holder: Lease | None, running: bool, here: Here) -> bool:
    """Whether Terraform's lock is that of a holder who is gone, and no Terraform works under it.

    To be asked by the run that holds the account now. `running` says whether a Terraform is at work
    in the stack's folder here; of other places only the end of the lease tells. Anyone else's lock,
    a person's above all, is left alone.
    """
    if holder is None or lock.who.rpartition("@")[2] != holder.host:
        return False
    if not holder.since <= lock.created <= holder.until:
        return False
    return not running if holder.place == here.place else holder.until <= here.now
