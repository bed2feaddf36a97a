"""Who may change an account, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LENGTH = timedelta(minutes=15)
"""How long a lease holds after its last renewal, by S3's clock."""

RENEWED = LENGTH / 5
"""How often a living holder renews it."""

HELD = LENGTH - timedelta(minutes=5, seconds=20)
"""How long its holder relies on it. After that it interrupts Terraform, which is killed 130 s later
if need be; where the holder itself stands still, the guard does both, and is done 60 s before
another may take over."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The hold of one run on an account; times in UTC, as S3 has told them.

    `place` is the same for processes that see each other: on one machine, since it was started,
    in one container. `pid` is the process's number there, and `started` tells it from others that
    get the same number later.
    """

    run: str
    host: str
    place: str
    pid: int
    since: datetime
    until: datetime
    started: str = ""

    def __str__(self) -> str:
        return f"run {self.run} on {self.host}, until {self.until:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class Leftover:
    """A lock of Terraform's own on a state: who has taken it, and when.

    `created` is by S3's clock where `etag` is known, else by that of who has taken it.
    """

    id: str
    who: str
    created: datetime
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Here:
    """What the asking run knows: its own place, and the time by S3's clock."""

    place: str
    now: datetime


def may_take_over(lease: Lease, alive: bool, here: Here) -> bool:
    """Whether the holder is gone. `alive` is known of holders in our own place alone.

    Of other places only the end of the lease tells, also where its run is taken up again.
    """
    if lease.place == here.place:
        return not alive
    return lease.until <= here.now


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
