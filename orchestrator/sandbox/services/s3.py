"""Amazon S3: a versioned bucket can be emptied, an unknown sub-resource never makes a bucket.

An object keeps the ARN of the key it was encrypted with. Who is to be told of a bucket's objects
has to let S3 in; there is no metric of what S3 could not tell, but the sandbox's log says it.
Source: Amazon S3 API Reference, PutObject and CopyObject, x-amz-server-side-encryption; S3 User
Guide, "Setting default server-side encryption behavior for Amazon S3 buckets" and "Granting
permissions to publish event notification messages to a destination".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from moto.backends import get_backend
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3 import notifications
from moto.s3.models import (
    LOGGING_SERVICE_PRINCIPAL,
    FakeBucket,
    FakeDeleteMarker,
    PublicAccessBlock,
    S3Backend,
    s3_backends,
)
from moto.s3.responses import S3Response

from orchestrator.sandbox import extend, handover
from orchestrator.sandbox.data_access import default_key, key_arn
from orchestrator.sandbox.data_keys import S3_KEY
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.handover import refused
from orchestrator.sandbox.policy import Question, applies, parse
from orchestrator.sandbox.resource_policies import existing, find_key
from orchestrator.sandbox.service_access import on_behalf
from orchestrator.sandbox.services.awslambda import runner


def put_object(original: Callable[..., Any], self: Any, *args: Any, **given: Any) -> Any:
    """moto takes the bucket's default key for a request that asks for KMS and names none: S3 takes
    its own. And a request that asks for AES256 has no key.
    """
    said = str(given.get("encryption") or "")
    named = given.get("kms_key_id")
    stored = original(self, *args, **given)
    if not str(stored.encryption or "").startswith("aws:kms"):
        stored.kms_key_id = None
        return stored
    bucket = self.get_bucket(stored.bucket_name)
    key = str(named or (S3_KEY if said else default_key(bucket)) or S3_KEY)
    stored.kms_key_id = _resolved(key_arn(key, bucket.account_id, bucket.region_name))
    return stored


def copy_object(original: Callable[..., Any], self: Any, *args: Any, **given: Any) -> Any:
    """A copy onto itself, which moto encrypts with AES256 then, takes the bucket's default too."""
    bucket = self.get_bucket(args[1] if len(args) > 1 else given["dest_bucket_name"])
    if not given.get("encryption"):
        given["encryption"] = "aws:kms" if default_key(bucket) else "AES256"
        given["kms_key_id"] = default_key(bucket) or None
    return original(self, *args, **given)


def _resolved(arn: str) -> str:
    _, _, _, region, account_id, resource = arn.split(":", 5)
    backend = existing("kms", account_id, region)
    key = find_key(backend, resource) if backend is not None else None
    return str(key.arn) if key is not None else arn


ENFORCED = "BucketOwnerEnforced"
AES256 = {
    "Rule": {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BucketKeyEnabled": "false",
    }
}


def create_bucket(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    """What `S3Backend.create_bucket` makes; the request's own ownership is put on it afterwards."""
    bucket = original(self, *args, **kwargs)
    bucket.public_access_block = PublicAccessBlock(True, True, True, True)
    bucket.ownership_rule = ENFORCED
    bucket.encryption = AES256
    return bucket


def delete_bucket_encryption(_: Callable[..., None], self: Any, bucket_name: str) -> None:
    """There is always an encryption: S3's own is what is left."""
    self.get_bucket(bucket_name).encryption = AES256


MISSING_SUBRESOURCES = frozenset(
    ("analytics", "intelligent-tiering", "metadataConfiguration", "metadataTable", "metrics")
)


def bucket_exists(name: str) -> bool:
    """Whether any account has a bucket of this name; names are global."""
    accounts = list(dict.values(s3_backends))
    return any(name in backend.buckets for account in accounts for backend in account.values())


SERVICE = "s3.amazonaws.com"


def install_notifications() -> None:
    """moto's own sends whatever the receiver says, and drops every error."""
    notifications.send_event = send_event
    notifications.send_test_event = send_test_event


def send_event(account_id: str, event_name: str, bucket: Any, key: Any) -> None:  # noqa: ARG001
    """Tell everybody who is set to be told of such an event. moto names each argument."""
    configuration = bucket.notification_configuration
    if configuration is None:
        return
    for kind, deliver in RECEIVERS.items():
        for told in getattr(configuration, kind):
            if told.matches(event_name, key.name):
                body = notifications._get_s3_event(event_name, bucket, key, told.id)
                _send(bucket, told.arn, body, deliver)
    if configuration.event_bridge is not None:
        notifications._send_event_bridge_message(bucket.account_id, bucket, event_name, key)


def send_test_event(account_id: str, bucket: Any) -> None:  # noqa: ARG001
    """What S3 sends to queues and topics when they are set."""
    for kind in ("queue", "topic"):
        for arn in {told.arn for told in getattr(bucket.notification_configuration, kind)}:
            body = notifications._get_test_event(bucket.name)
            _send(bucket, arn, body, RECEIVERS[kind])


Deliver = Callable[[Any, str, str], None]


def _send(bucket: Any, arn: str, body: Json, deliver: Deliver) -> None:
    problem = refused(SERVICE, arn, on_behalf(SERVICE, bucket.arn, bucket.account_id))
    if problem:
        handover.note(handover.Drop("s3", bucket.arn, arn, problem))
        return
    _, _, service, region, account_id, *_ = arn.split(":")
    deliver(get_backend(service)[account_id][region], arn, json.dumps(body))


def _to_queue(backend: Any, arn: str, body: str) -> None:
    backend.send_message(arn.rpartition(":")[2], body)


def _to_topic(backend: Any, arn: str, body: str) -> None:
    backend.publish(body, arn=arn)


def _to_function(backend: Any, arn: str, body: str) -> None:
    runner.invoke_later(backend.get_function(arn), body)


RECEIVERS: Mapping[str, Deliver] = {
    "cloud_function": _to_function,
    "queue": _to_queue,
    "topic": _to_topic,
}


def install() -> None:
    FakeDeleteMarker.dispose = _dispose
    install_notifications()
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
