"""The object that holds a stack's state: who may touch it, and what it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from orchestrator.adapters.aws import leases
from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.leases import LeaseBucket
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.adapters.process_guard import at_work_below
from orchestrator.errors import StateDamaged, UsageError
from orchestrator.model.lease import Here, Lease, Leftover, may_take_over
from orchestrator.model.names import StackKey
from orchestrator.ports.records import StateVersion

MADE = "orchestrator_roles"
"""The output a stack's root writes once its roles are there."""

STATE_FILE = "terraform.tfstate"


def policy(bucket: str, key: StackKey, region: str, *, write: bool) -> str:
    """A session policy for one stack's state, and its lock when something will be written.

    A plan takes no lock, so it needs no write at all. Listing is not bound to a prefix: S3 answers
    404 for an object that is not there only to those who may list the bucket, and Terraform takes
    403 for an error. The key's own policy says which key; here it is any that S3 uses for us.
    """
    objects = [f"arn:aws:s3:::{bucket}/{key.state_key}"]
    actions, uses = ["s3:GetObject"], ["kms:Decrypt"]
    if write:
        objects.append(f"{objects[0]}.tflock")
        actions += ["s3:PutObject", "s3:DeleteObject"]
        uses += ["kms:Encrypt", "kms:GenerateDataKey"]
    via = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
    statements: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"},
        {"Effect": "Allow", "Action": actions, "Resource": objects},
        {"Effect": "Allow", "Action": uses, "Resource": "*", "Condition": via},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def exists(session: AwsSession, bucket: str, key: StackKey) -> bool:
    """Whether the stack was ever applied.

    Asked by listing, not by HeadObject: that says 403 for a missing object when the right to list
    is bound to a prefix. Raises Refused unless it is the bucket itself that is missing.
    """
    try:
        listed = session.call("s3", "ListObjectsV2", Bucket=bucket, Prefix=key.state_key, MaxKeys=1)
    except Refused as refusal:
        if refusal.code == "NoSuchBucket":
            return False
        raise
    return any(item["Key"] == key.state_key for item in listed.get("Contents", []))


def kept(session: AwsSession, bucket: str) -> frozenset[tuple[str, str]]:
    """Account id and stack of every state in the bucket."""
    listed = session.pages("s3", "ListObjectsV2", "Contents", Bucket=bucket)
    parts = (item["Key"].split("/") for item in listed)
    return frozenset((p[0], p[1]) for p in parts if len(p) == 3 and p[2] == STATE_FILE)


def has_roles(session: AwsSession, bucket: str, key: StackKey) -> bool:
    """Whether the state's outputs say that the orchestrator's roles are made."""
    if not exists(session, bucket, key):
        return False
    outputs = _document(session, bucket, key).get("outputs") or {}
    output = outputs.get(MADE) if isinstance(outputs, dict) else None
    return bool(output and output.get("value"))


def identity(session: AwsSession, bucket: str, key: StackKey) -> str:
    """Lineage and serial of the state; ':0' as long as there is none."""
    if not exists(session, bucket, key):
        return ":0"
    state = _document(session, bucket, key)
    return f"{state['lineage']}:{state['serial']}"


def serial_of(content: bytes) -> int | None:
    """The state's serial; None if `content` is not a state of Terraform's."""
    try:
        return _serial(json.loads(content))
    except (ValueError, RecursionError):
        return None


def _serial(document: object) -> int | None:
    known = isinstance(document, dict) and {"version", "lineage", "serial"} <= document.keys()
    found = document["serial"] if known else None  # type: ignore[index]  # known is a dict
    return found if isinstance(found, int) else None


def _document(session: AwsSession, bucket: str, key: StackKey) -> dict[str, Any]:
    """The state. Raises StateDamaged if that is not what lies there."""
    content = session.read(bucket, key.state_key)
    if serial_of(content) is None:
        raise StateDamaged(f"s3://{bucket}/{key.state_key}", len(content))
    document: dict[str, Any] = json.loads(content)
    return document


def read(session: AwsSession, bucket: str, key: StackKey) -> bytes:
    """The state as it is in the bucket. Also raises Refused when there is none."""
    return session.read(bucket, key.state_key)


MISSING = frozenset({"NoSuchKey", "404", "NoSuchVersion"})
LOOKED_AT = 20
"""Versions, the newest first."""


class AwsStateRepair:
    """See ports.StateRepair. `build` is where this checkout's stacks are worked on; `alive` says
    whether a holder in our own `place` is.
    """

    def __init__(
        self,
        credential_cache: CredentialCache,
        bucket: str,
        build: Path,
        place: str,
        alive: Callable[[Lease], bool],
    ) -> None:
        self._credential_cache, self._bucket, self._build = credential_cache, bucket, build
        self._place, self._alive = place, alive
        self._leases = LeaseBucket(credential_cache.runner, bucket)

    def lock(self, key: StackKey) -> Leftover | None:
        """Who holds the state's lock; None if it is free."""
        try:
            return leases.leftover_from(
                self._credential_cache.start().read(self._bucket, _lock(key))
            )
        except Refused as refusal:
            if refusal.code in MISSING:
                return None
            raise

    def unlock(self, key: StackKey, id_: str) -> Leftover:
        """Remove the lock `id_`, if no run is at work under it. Raises UsageError, AwsDenied."""
        held = self._leases.leftover(key)
        if held is None:
            raise UsageError(f"{key} is not locked", "go on: nothing is in the way")
        if held.id != id_:
            what = f"{key} is locked by another: {held.id} of {held.who} since {held.created}"
            raise UsageError(what, "ask them; then name that id")
        look = self._leases.see(key.account_id)
        if look.seen:
            holder, here = look.seen.lease, Here(self._place, look.at)
            if not may_take_over(holder, self._alive(holder), here):
                what = f"{key} is at work: account {key.account_id} is held by {holder}"
                raise UsageError(what, "wait until that run has ended: it lets go of the lock")
        if at_work_below(self._build / key.folder, lambda _: True):
            what = f"{key} is at work: a Terraform runs in {self._build / key.folder}"
            raise UsageError(what, "wait until it has ended: it lets go of the lock")
        if not self._leases.clear(key, held):
            raise UsageError(f"{key} was locked anew meanwhile", "ask who has; then name that id")
        return held

    def versions(self, key: StackKey) -> tuple[StateVersion, ...]:
        """The newest versions of the state, the newest first, with the caller's own rights."""
        return tuple(versions(self._credential_cache.caller, self._bucket, key))

    def restore(self, key: StackKey, version: str) -> StateVersion:
        """Put a version on top again. Raises UsageError if it is not a state, and AwsDenied."""
        found = next((v for v in self.versions(key) if v.id == version), None)
        if found is None or found.serial is None:
            fix = f"see which there are: orchestrator state versions {key.folder}"
            raise UsageError(f"{key}: '{version}' is not a version that holds a state", fix)
        caller, where = (
            self._credential_cache.caller,
            {"Bucket": self._bucket, "Key": key.state_key},
        )
        body = caller.read(self._bucket, key.state_key, version)
        caller.call("s3", "PutObject", **where, Body=body, ContentType="application/json")
        return found


def versions(aws: AwsSession, bucket: str, key: StackKey) -> Iterator[StateVersion]:
    """The newest versions of a state, read one after the other. Raises Refused."""
    listed = aws.call("s3", "ListObjectVersions", Bucket=bucket, Prefix=key.state_key)
    found = [each for each in listed.get("Versions", []) if each["Key"] == key.state_key]
    for each in sorted(found, key=lambda one: one["LastModified"], reverse=True)[:LOOKED_AT]:
        serial = serial_of(aws.read(bucket, key.state_key, each["VersionId"]))
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
