"""The same bucket twice: in memory, and S3 as the sandbox has it. S3's time is as we set it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import md5
from typing import Any

from orchestrator.adapters.aws.transport import Refused

BUCKET = "example-terraform-state"


def refused(code: str) -> Refused:
    return Refused("200000000001", "runner", "s3", f"{code}: no", code)


@dataclass
class Clock:
    """S3's own, to the second, as it tells the time."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class FakeS3:
    """Objects in memory, written and removed under conditions."""

    objects: dict[str, bytes] = field(default_factory=dict)
    forbidden: bool = False

    def call(self, service: str, operation: str, region: str = "", **given: Any) -> Any:
        if self.forbidden:
            raise refused("AccessDenied")
        return {"GetObject": self._get, "PutObject": self._put, "DeleteObject": self._delete}[
            operation
        ](given)

    def _get(self, given: dict[str, Any]) -> Any:
        if given["Key"] not in self.objects:
            raise refused("NoSuchKey")
        body = self.objects[given["Key"]]
        return {"Body": io.BytesIO(body), "ETag": _etag(body)}

    def _put(self, given: dict[str, Any]) -> Any:
        there = self.objects.get(given["Key"])
        if there is not None and "IfNoneMatch" in given:
            raise refused("PreconditionFailed")
        self._match(given)
        self.objects[given["Key"]] = given["Body"]
        return {"ETag": _etag(given["Body"])}

    def _delete(self, given: dict[str, Any]) -> Any:
        self._match(given)
        self.objects.pop(given["Key"], None)
        return {}

    def _match(self, given: dict[str, Any]) -> None:
        there = self.objects.get(given["Key"])
        if "IfMatch" in given and there is None:
            raise refused("NoSuchKey")
        if "IfMatch" in given and there is not None and _etag(there) != given["IfMatch"]:
            raise refused("PreconditionFailed")


@dataclass
class Timed:
    """A bucket whose clock we set: `inner` answers, and `clock` says when that was."""

    inner: Any
    clock: Clock
    written: dict[str, datetime] = field(default_factory=dict)
    fails: set[str] = field(default_factory=set)
    """Operations that are denied."""

    def call(self, service: str, operation: str, region: str = "", **given: Any) -> Any:
        if operation in self.fails:
            raise refused("AccessDenied")
        date = format_datetime(self.clock(), usegmt=True)
        try:
            answer = self.inner.call(service, operation, region, **given)
        except Refused as refusal:
            refusal.date = date
            raise
        if operation == "PutObject":
            self.written[given["Key"]] = self.clock()
        if operation == "GetObject":
            answer["LastModified"] = self.written[given["Key"]]
        return {**answer, "ResponseMetadata": {"HTTPHeaders": {"date": date}}}

    def keys(self) -> set[str]:
        if isinstance(self.inner, FakeS3):
            return set(self.inner.objects)
        found = self.inner.pages("s3", "ListObjectsV2", "Contents", Bucket=BUCKET)
        return {each["Key"] for each in found}


def _etag(body: bytes) -> str:
    return f'"{md5(body, usedforsecurity=False).hexdigest()}"'
