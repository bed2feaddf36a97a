"""Amazon S3: a versioned bucket can be emptied, an unknown sub-resource never makes a bucket."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import LOGGING_SERVICE_PRINCIPAL, FakeBucket, FakeDeleteMarker, S3Backend
from moto.s3.responses import S3Response

from orchestrator.sandbox import extend
from orchestrator.sandbox.policy import Question, applies, parse
from orchestrator.sandbox.services.s3 import notifications
from orchestrator.sandbox.services.s3.buckets import (
    MISSING_SUBRESOURCES,
    copy_object,
    create_bucket,
    delete_bucket_encryption,
    put_object,
)


def install() -> None:
    FakeDeleteMarker.dispose = _dispose
    notifications.install()
    extend.amend(S3Backend, "create_bucket", create_bucket)
    extend.amend(S3Backend, "delete_bucket_encryption", delete_bucket_encryption)
    extend.amend(S3Backend, "put_object", put_object)
    extend.amend(S3Backend, "copy_object", copy_object)
    extend.amend(FakeBucket, "get_permission", _unconditional)
    FakeBucket._log_permissions_enabled_policy = staticmethod(_may_log)
    for verb in ("get", "put", "delete"):
        extend.amend(S3Response, f"_bucket_response_{verb}", _refuse_missing)


def _dispose(_: Any, garbage: bool = False) -> None:
    """A delete marker holds no content; moto asks it to let go of some when a bucket is emptied."""


def _unconditional(_: Callable[..., Any], self: Any, action: str, resource: str) -> Any:
    """What the bucket's policy says to everyone. moto takes a condition for met, so that a Deny of
    requests without TLS would be a Deny of all requests.
    """
    policy = json.loads(self.policy) if self.policy else {}
    statements = [s for s in policy.get("Statement", []) if not s.get("Condition")]
    if not statements:
        return PermissionResult.NEUTRAL
    remaining = IAMPolicy(json.dumps({**policy, "Statement": statements}))
    return remaining.is_action_permitted(action, resource)


def _may_log(target_bucket: FakeBucket, target_prefix: str | None) -> bool:
    """Whether a bucket's policy lets S3 write access logs into it. moto trips over a statement
    whose principal is everyone, such as the Deny of requests without TLS.
    """
    if not target_bucket.policy:
        return False
    question = Question("s3:PutObject", f"arn:aws:s3:::{target_bucket.name}/{target_prefix or ''}x")
    return any(
        statement.allows
        and ("Service", LOGGING_SERVICE_PRINCIPAL) in (statement.principals or ())
        and applies(replace(statement, conditions=()), question)
        for statement in parse(target_bucket.policy.decode())
    )


def _refuse_missing(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    """moto takes a PUT with a sub-resource it does not know for the making of a bucket."""
    missing = MISSING_SUBRESOURCES.intersection(self.querystring)
    if missing:
        operation = f"{self.method} bucket?{', '.join(sorted(missing))}"
        return extend.error_answer("s3", operation, extend.not_implemented("s3", operation))
    return original(self, *args, **kwargs)
