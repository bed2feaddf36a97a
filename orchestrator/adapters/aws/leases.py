"""Leases as objects of the state bucket, each written only over what was seen before.

What time it is, S3 says: when an object was last written (LastModified), when it answers (Date).
The clock of this machine is asked for nothing that another machine's would be compared with.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import AwsDenied, LeaseLost
from orchestrator.model.lease import HELD, LENGTH, RENEWED, Lease, Leftover
from orchestrator.model.names import AccountId, StackKey

FRACTION = re.compile(r"\.(\d{1,6})\d*")


def lease_text(lease: Lease) -> str:
    return json.dumps(
        {
            "version": 1,
            "run": lease.run,
            "host": lease.host,
            "place": lease.place,
            "pid": lease.pid,
            "since": lease.since.isoformat(),
            "until": lease.until.isoformat(),
            "started": lease.started,
        }
    )


def lease_from(text: str | bytes) -> Lease:
    """Raises ValueError if that is not how a lease is written."""
    try:
        found = json.loads(text)
        return Lease(
            str(found["run"]),
            str(found["host"]),
            str(found["place"]),
            int(found["pid"]),
            _time(found["since"]),
            _time(found["until"]),
            str(found.get("started", "")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a lease: {error}") from error


def leftover_from(text: bytes) -> Leftover:
    """Terraform's lock info. Raises ValueError if it is something else.

    Source: Terraform, internal/states/statemgr/locker.go, LockInfo.
    """
    try:
        found = json.loads(text)
        return Leftover(str(found["ID"]), str(found["Who"]), _time(found["Created"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a lock of Terraform's: {error}") from error


def _time(text: str) -> datetime:
    """Go writes nanoseconds, and Z. A time without a zone is UTC."""
    shorter = FRACTION.sub(r".\1", text).replace("Z", "+00:00")
    at = datetime.fromisoformat(shorter)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


OTHERS_FIRST = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
MISSING = frozenset({"NoSuchKey", "404"})
"""Source: Amazon S3 User Guide, "How to prevent object overwrites with conditional writes"."""

BOOTSTRAP = "run 'orchestrator bootstrap' again, so that the runner role may lock accounts"


@dataclass(frozen=True, slots=True)
class Seen:
    """A lease as S3 has it: it ends so long after it was last written. `etag` is its object's."""

    lease: Lease
    etag: str


@dataclass(frozen=True, slots=True)
class Look:
    """What is there, and when that was, by S3's clock."""

    seen: Seen | None
    at: datetime


class LeaseBucket:
    """The leases below `locks/`. `session` is asked each time, for its keys end."""

    def __init__(self, session: Callable[[], AwsSession], bucket: str) -> None:
        self._session, self._bucket = session, bucket

    def see(self, account: AccountId) -> Look:
        """The lease on the account, and the time. Raises AwsDenied."""
        try:
            found = self._call("GetObject", _key(account))
            lease = lease_from(found["Body"].read())
            lease = replace(lease, until=found["LastModified"] + LENGTH)
            return Look(
                Seen(lease, found["ETag"]),
                self._at(found["ResponseMetadata"]["HTTPHeaders"].get("date", "")),
            )
        except Refused as refusal:
            if refusal.code in MISSING:
                return Look(None, self._at(refusal.date))
            raise
        except ValueError as error:
            where = f"s3:GetObject {_key(account)}"
            denied = AwsDenied(account, "the runner role", where, str(error))
            denied.fix = f"remove {_key(account)} from the state bucket if no run is under way"
            raise denied from error

    def put(self, account: AccountId, lease: Lease, over: str = "") -> str:
        """Write the lease where there is none, or over the one with the ETag `over`.

        Its ETag; '' when another was faster. A request that is sent again because its answer was
        lost is refused by what it has written itself, so then it is looked. Raises AwsDenied.
        """
        condition = {"IfMatch": over} if over else {"IfNoneMatch": "*"}
        body = lease_text(lease).encode()
        try:
            done = self._call("PutObject", _key(account), Body=body, **condition)
        except Refused as refusal:
            if refusal.code in OTHERS_FIRST or (over and refusal.code in MISSING):
                seen = self.see(account).seen
                ours = seen and replace(seen.lease, until=lease.until) == lease
                return seen.etag if seen and ours and seen.etag != over else ""
            raise
        etag: str = done["ETag"]
        return etag

    def remove(self, account: AccountId, etag: str) -> None:
        """Remove the lease that is known by its ETag, and no other."""
        self._delete(_key(account), etag)

    def leftover(self, key: StackKey) -> Leftover | None:
        """Terraform's own lock on the stack's state, None if there is none."""
        try:
            found = self._call("GetObject", _lock_of(key))
            lock = leftover_from(found["Body"].read())
            return replace(lock, created=found["LastModified"], etag=found["ETag"])
        except Refused as refusal:
            if refusal.code in MISSING:
                return None
            raise
        except ValueError:
            return None

    def clear(self, key: StackKey, lock: Leftover) -> bool:
        """Remove Terraform's own lock; False if it is another one by now."""
        return self._delete(_lock_of(key), lock.etag)

    def _delete(self, key: str, etag: str) -> bool:
        """Source: Amazon S3 User Guide, "How to perform conditional deletes"."""
        try:
            self._call("DeleteObject", key, IfMatch=etag)
        except Refused as refusal:
            if refusal.code in OTHERS_FIRST | MISSING:
                return False
            raise
        return True

    def _at(self, date: str) -> datetime:
        try:
            return parsedate_to_datetime(date)
        except ValueError as error:
            where = f"s3:GetObject {self._bucket}"
            denied = AwsDenied("", "the runner role", where, "the answer does not say when it is")
            denied.fix = "let the proxy pass the header 'Date' on: leases are measured by it"
            raise denied from error

    def _call(self, operation: str, key: str, **parameters: Any) -> Any:
        try:
            return self._session().call("s3", operation, Bucket=self._bucket, Key=key, **parameters)
        except Refused as refusal:
            if refusal.code == "AccessDenied":
                refusal.fix = BOOTSTRAP
            raise


def _key(account: AccountId) -> str:
    return f"locks/{account}.json"


def _lock_of(key: StackKey) -> str:
    return f"{key.state_key}.tflock"


log = logging.getLogger(__name__)
Ticks = Callable[[], float]
"""Seconds that go on whatever the clock says, also while the machine sleeps."""

Allow = Callable[[float | None], None]
"""Until when, in ticks, may be worked in the account; None: nobody measures that any more."""


class Renewing:
    """A thread that renews; it ends with the context.

    It counts from before its last renewal was asked for, so it takes the lease to end no later than
    S3 does.
    """

    def __init__(
        self,
        account: AccountId,
        seen: Seen,
        bucket: LeaseBucket,
        since: float,
        ticks: Ticks,
        allow: Allow,
    ) -> None:
        self._account, self._seen, self._bucket = account, seen, bucket
        self._ticks, self._allow, self._since = ticks, allow, since
        self._ended, self._lock = threading.Event(), threading.Lock()
        self._lost = False
        self._thread = threading.Thread(target=self._run, name=f"lease {account}", daemon=True)

    @property
    def seen(self) -> Seen:
        return self._seen

    @property
    def holds(self) -> bool:
        """Whether it is still ours. One that was not renewed in time may be another's by now."""
        return not self._lost and self._ticks() < self._since + HELD.total_seconds()

    def __enter__(self) -> Renewing:
        self._allow(self._since + HELD.total_seconds())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._allow(None)

    def _run(self) -> None:
        while not self._ended.wait(RENEWED.total_seconds()):
            self.renew()

    def confirm(self) -> None:
        """Raises LeaseLost unless S3 says now that it is ours, or could not say, but it has to be.

        From then on it is ours for a while, so that what is written at once is written under it.
        """
        self.renew()
        if not self.holds:
            raise LeaseLost(f"account {self._account}")

    def renew(self) -> None:
        """Prolong it. What cannot be written now may be the next time, before it runs out."""
        with self._lock:
            if not self.holds:
                return
            since, lease = self._ticks(), self._seen.lease
            # Says to people until when; nobody's decision depends on it.
            spent = timedelta(seconds=since - self._since)
            longer = replace(lease, until=lease.until + spent)
            try:
                etag = self._bucket.put(self._account, longer, over=self._seen.etag)
            except AwsDenied as denied:
                why = denied.message
                log.warning("account %s: the lease was not renewed: %s", self._account, why)
                return
            self._lost = not etag
            if etag:
                self._seen, self._since = Seen(longer, etag), since
                self._allow(since + HELD.total_seconds())
            else:
                log.error("account %s: the lease is another run's now", self._account)
                self._allow(since)
