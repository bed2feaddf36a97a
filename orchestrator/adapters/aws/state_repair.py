"""A state's lock removed, and an older version of a state put on top again: by hand, asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orchestrator.adapters.aws import state
from orchestrator.adapters.aws.keyring import Keyring
from orchestrator.adapters.aws.refusal import Refused
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.locks import written
from orchestrator.errors import UsageError
from orchestrator.model.lease import Leftover
from orchestrator.model.names import StackKey
from orchestrator.model.versions import StateVersion

MISSING = frozenset({"NoSuchKey", "404", "NoSuchVersion"})
LOOKED_AT = 20
"""Versions, the newest first."""


class AwsStateRepair:
    """See ports.StateRepair."""

    def __init__(self, keyring: Keyring, bucket: str) -> None:
        self._keyring, self._bucket = keyring, bucket

    def lock(self, key: StackKey) -> Leftover | None:
        """Who holds the state's lock; None if nobody does."""
        try:
            return written.leftover(self._keyring.start().read(self._bucket, _lock(key)))
        except Refused as refusal:
            if refusal.code in MISSING:
                return None
            raise

    def unlock(self, key: StackKey, id_: str) -> Leftover:
        """Remove the lock `id_`, and no other. Raises UsageError, AwsDenied."""
        held = self.lock(key)
        if held is None:
            raise UsageError(f"{key} is not locked", "go on: nothing is in the way")
        if held.id != id_:
            what = f"{key} is locked by another: {held.id} of {held.who} since {held.created}"
            raise UsageError(what, "ask them; then name that id")
        self._keyring.runner().call("s3", "DeleteObject", Bucket=self._bucket, Key=_lock(key))
        return held

    def versions(self, key: StackKey) -> tuple[StateVersion, ...]:
        """The newest versions of the state, the newest first, with the caller's own rights."""
        return tuple(versions(self._keyring.caller, self._bucket, key))

    def restore(self, key: StackKey, version: str) -> StateVersion:
        """Put a version on top again. Raises UsageError if it is no state, and AwsDenied."""
        found = next((v for v in self.versions(key) if v.id == version), None)
        if found is None or found.serial is None:
            fix = f"see which there are: orchestrator state versions {key.folder}"
            raise UsageError(f"{key}: '{version}' is no version that holds a state", fix)
        caller, where = self._keyring.caller, {"Bucket": self._bucket, "Key": key.state_key}
        body = caller.read(self._bucket, key.state_key, version)
        caller.call("s3", "PutObject", **where, Body=body, ContentType="application/json")
        return found


def versions(aws: AwsSession, bucket: str, key: StackKey) -> Iterator[StateVersion]:
    """The newest versions of a state, read one after the other. Raises Refused."""
    listed = aws.call("s3", "ListObjectVersions", Bucket=bucket, Prefix=key.state_key)
    found = [each for each in listed.get("Versions", []) if each["Key"] == key.state_key]
    for each in sorted(found, key=lambda one: one["LastModified"], reverse=True)[:LOOKED_AT]:
        serial = state.serial(aws.read(bucket, key.state_key, each["VersionId"]))
        yield StateVersion(each["VersionId"], each["LastModified"], serial)


def last_good(ask: Callable[[], AwsSession], bucket: str, key: StackKey) -> str:
    """What brings a damaged state back, with the version if we may see which it is."""
    try:
        good = next((v for v in versions(ask(), bucket, key) if v.serial is not None), None)
    except Refused:
        see = f"orchestrator state versions {key.folder}"
        return f"as an administrator of the management account, see its versions: {see}"
    if good is None:
        adopt = f"orchestrator adopt {key.account_name}"
        return f"none of its versions is a state: take over what is there: {adopt}"
    put = f"orchestrator state restore {key.folder} {good.id}"
    return f"its last good version is of {good.at:%Y-%m-%d %H:%M} UTC: put it back: {put}"


def _lock(key: StackKey) -> str:
    return f"{key.state_key}.tflock"
