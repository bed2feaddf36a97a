"""From a bucket to those it tells of its objects: each has to let S3 in.

There is no metric of what S3 could not tell; the sandbox's log says it.
Source: S3 User Guide, "Granting permissions to publish event notification messages to a
destination".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.backends import get_backend
from moto.s3 import notifications

from orchestrator.sandbox import handover
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.handover import refused
from orchestrator.sandbox.service_access import on_behalf
from orchestrator.sandbox.services.awslambda import runner

SERVICE = "s3.amazonaws.com"


def install() -> None:
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
