"""Leases as objects of the state bucket, each written only over what was seen before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orchestrator.adapters.aws.refusal import Refused
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.locks import written
from orchestrator.errors import AwsDenied
from orchestrator.model.lease import Lease, Leftover
from orchestrator.model.names import AccountId, StackKey

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
            return Seen(written.lease(found["Body"].read()), found["ETag"])
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
        body = written.lease_text(lease).encode()
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
            return written.leftover(self._call("GetObject", _lock_of(key))["Body"].read())
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
