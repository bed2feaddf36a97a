"""Objects of the state bucket, by their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from orchestrator.adapters.aws.refusal import Refused
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.locks.bucket import MISSING, OTHERS_FIRST

BOOTSTRAP = (
    "set organization.state.runs, and run 'orchestrator bootstrap' again, so that the runner role "
    "may keep runs"
)


class Objects(Protocol):
    """Raises AwsDenied."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, content: bytes, *, first: bool = False) -> bool:
        """False if it was to be the first, and there is one already."""
        ...

    def keys(self, prefix: str) -> tuple[str, ...]: ...


class BucketObjects:
    """`session` is asked each time, for its keys end."""

    def __init__(self, session: Callable[[], AwsSession], bucket: str) -> None:
        self._session, self._bucket = session, bucket

    def get(self, key: str) -> bytes | None:
        try:
            content: bytes = self._call("GetObject", Key=key)["Body"].read()
        except Refused as refusal:
            if refusal.code in MISSING:
                return None
            raise
        return content

    def put(self, key: str, content: bytes, *, first: bool = False) -> bool:
        condition = {"IfNoneMatch": "*"} if first else {}
        try:
            self._call("PutObject", Key=key, Body=content, **condition)
        except Refused as refusal:
            if first and refusal.code in OTHERS_FIRST:
                return False
            raise
        return True

    def keys(self, prefix: str) -> tuple[str, ...]:
        with _explained():
            found = self._session().pages(
                "s3", "ListObjectsV2", "Contents", Bucket=self._bucket, Prefix=prefix
            )
        return tuple(str(each["Key"]) for each in found)

    def _call(self, operation: str, **parameters: Any) -> Any:
        with _explained():
            return self._session().call("s3", operation, Bucket=self._bucket, **parameters)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        if refusal.code == "AccessDenied":
            refusal.fix = BOOTSTRAP
        raise
