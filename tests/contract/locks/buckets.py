"""The same bucket twice: in memory, and S3 as the sandbox has it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

from orchestrator.adapters.aws.transport import Refused

BUCKET = "example-terraform-state"


def refused(code: str) -> Refused:
    return Refused("200000000001", "runner", "s3", f"{code}: no", code)


@dataclass
class FakeS3:
    """Objects in memory, written under conditions."""

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
        if "IfMatch" in given and there is None:
            raise refused("NoSuchKey")
        if "IfMatch" in given and there is not None and _etag(there) != given["IfMatch"]:
            raise refused("PreconditionFailed")
        self.objects[given["Key"]] = given["Body"]
        return {"ETag": _etag(given["Body"])}

    def _delete(self, given: dict[str, Any]) -> Any:
        self.objects.pop(given["Key"], None)
        return {}


def _etag(body: bytes) -> str:
    return f'"{md5(body, usedforsecurity=False).hexdigest()}"'
