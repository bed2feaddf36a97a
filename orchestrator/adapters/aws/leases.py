"""Leases as objects of the state bucket, each written only over what was seen before."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import AwsDenied
from orchestrator.model.lease import LENGTH, RENEWED, Lease, Leftover
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
    """A lease, and the ETag of the object it was read from."""

    lease: Lease
    etag: str


class LeaseBucket:
    """The leases below `locks/`. `session` is asked each time, for its keys end."""

    def __init__(self, session: Callable[[], AwsSession], bucket: str) -> None:
        self._session, self._bucket = session, bucket

    def see(self, account: AccountId) -> Seen | None:
        """The lease on the account, None if there is none. Raises AwsDenied."""
        try:
            found = self._call("GetObject", _key(account))
            return Seen(lease_from(found["Body"].read()), found["ETag"])
        except Refused as refusal:
            if refusal.code in MISSING:
                return None
            raise
        except ValueError as error:
            where = f"s3:GetObject {_key(account)}"
            denied = AwsDenied(account, "the runner role", where, str(error))
            denied.fix = f"remove {_key(account)} from the state bucket if no run is under way"
            raise denied from error

    def put(self, account: AccountId, lease: Lease, over: str = "") -> str:
        """Write the lease where there is none, or over the one with the ETag `over`.

        Its ETag; '' when another was faster. Raises AwsDenied.
        """
        condition = {"IfMatch": over} if over else {"IfNoneMatch": "*"}
        body = lease_text(lease).encode()
        try:
            done = self._call("PutObject", _key(account), Body=body, **condition)
        except Refused as refusal:
            if refusal.code in OTHERS_FIRST or (over and refusal.code in MISSING):
                return ""
            raise
        etag: str = done["ETag"]
        return etag

    def remove(self, account: AccountId) -> None:
        self._call("DeleteObject", _key(account))

    def leftover(self, key: StackKey) -> Leftover | None:
        """Terraform's own lock on the stack's state, None if there is none."""
        try:
            return leftover_from(self._call("GetObject", _lock_of(key))["Body"].read())
        except Refused as refusal:
            if refusal.code in MISSING:
                return None
            raise
        except ValueError:
            return None

    def clear(self, key: StackKey) -> None:
        """Remove Terraform's own lock."""
        self._call("DeleteObject", _lock_of(key))

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
